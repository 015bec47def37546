using System.Text;

namespace AiSdk;

/// <summary>Normal forms without the runtime's data: of Latin letters with marks, and of what passes for plain letters, digits and signs.</summary>
internal static class LatinForms
{
    // For each mark, letters and what they are with it.
    private static readonly (char Mark, string Letters, string Marked)[] _marks =
    [
        ('\u0300', "AEIOUaeiouÜüNnĒēŌōWwÂâĂăÊêÔôƠơƯưYy", "ÀÈÌÒÙàèìòùǛǜǸǹḔḕṐṑẀẁẦầẰằỀềỒồỜờỪừỲỳ"),
        ('\u0301', "AEIOUYaeiouyCcLlNnRrSsZzÜüGgÅåÆæØøÇçĒēÏïKkMmÕõŌōPpŨũWwÂâĂăÊêÔôƠơƯư", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹźǗǘǴǵǺǻǼǽǾǿḈḉḖḗḮḯḰḱḾḿṌṍṒṓṔṕṸṹẂẃẤấẮắẾếỐốỚớỨứ"),
        ('\u0302', "AEIOUaeiouCcGgHhJjSsWwYyZzẠạẸẹỌọ", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷẐẑẬậỆệỘộ"),
        ('\u0303', "ANOanoIiUuVvÂâĂăEeÊêÔôƠơƯưYy", "ÃÑÕãñõĨĩŨũṼṽẪẫẴẵẼẽỄễỖỗỠỡỮữỸỹ"),
        ('\u0304', "AaEeIiOoUuÜüÄäȦȧÆæǪǫÖöÕõȮȯYyGgḶḷṚṛ", "ĀāĒēĪīŌōŪūǕǖǞǟǠǡǢǣǬǭȪȫȬȭȰȱȲȳḠḡḸḹṜṝ"),
        ('\u0306', "AaEeGgIiOoUuȨȩẠạ", "ĂăĔĕĞğĬĭŎŏŬŭḜḝẶặ"),
        ('\u0307', "CcEeGgIZzAaOoBbDdFfHhMmNnPpRrSsŚśŠšṢṣTtWwXxYyſ", "ĊċĖėĠġİŻżȦȧȮȯḂḃḊḋḞḟḢḣṀṁṄṅṖṗṘṙṠṡṤṥṦṧṨṩṪṫẆẇẊẋẎẏẛ"),
        ('\u0308', "AEIOUaeiouyYHhÕõŪūWwXxt", "ÄËÏÖÜäëïöüÿŸḦḧṎṏṺṻẄẅẌẍẗ"),
        ('\u0309', "AaÂâĂăEeÊêIiOoÔôƠơUuƯưYy", "ẢảẨẩẲẳẺẻỂểỈỉỎỏỔổỞởỦủỬửỶỷ"),
        ('\u030A', "AaUuwy", "ÅåŮůẘẙ"),
        ('\u030B', "OoUu", "ŐőŰű"),
        ('\u030C', "CcDdEeLlNnRrSsTtZzAaIiOoUuÜüGgKkƷʒjHh", "ČčĎďĚěĽľŇňŘřŠšŤťŽžǍǎǏǐǑǒǓǔǙǚǦǧǨǩǮǯǰȞȟ"),
        ('\u030F', "AaEeIiOoRrUu", "ȀȁȄȅȈȉȌȍȐȑȔȕ"),
        ('\u0311', "AaEeIiOoRrUu", "ȂȃȆȇȊȋȎȏȒȓȖȗ"),
        ('\u031B', "OoUu", "ƠơƯư"),
        ('\u0323', "BbDdHhKkLlMmNnRrSsTtVvWwZzAaEeIiOoƠơUuƯưYy", "ḄḅḌḍḤḥḲḳḶḷṂṃṆṇṚṛṢṣṬṭṾṿẈẉẒẓẠạẸẹỊịỌọỢợỤụỰựỴỵ"),
        ('\u0324', "Uu", "Ṳṳ"),
        ('\u0325', "Aa", "Ḁḁ"),
        ('\u0326', "SsTt", "ȘșȚț"),
        ('\u0327', "CcGgKkLlNnRrSsTtEeDdHh", "ÇçĢģĶķĻļŅņŖŗŞşŢţȨȩḐḑḨḩ"),
        ('\u0328', "AaEeIiUuOo", "ĄąĘęĮįŲųǪǫ"),
        ('\u032D', "DdEeLlNnTtUu", "ḒḓḘḙḼḽṊṋṰṱṶṷ"),
        ('\u032E', "Hh", "Ḫḫ"),
        ('\u0330', "EeIiUu", "ḚḛḬḭṴṵ"),
        ('\u0331', "BbDdKkLlNnRrTtZzh", "ḆḇḎḏḴḵḺḻṈṉṞṟṮṯẔẕẖ"),
    ];

    // For each plain character, those that are another form of it.
    private static readonly string[] _forms =
    [
        " \u00A0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000", "!\uFE15\uFE57", "#\uFE5F", "$\uFE69", "%\uFE6A", "&\uFE60",
        "(\u207D\u208D\uFE35\uFE59", ")\u207E\u208E\uFE36\uFE5A", "*\uFE61", "+\u207A\u208A\uFB29\uFE62", ",\uFE10\uFE50", "-\uFE63", ".\u2024\uFE52", "0\u2070\u2080\u24EA",
        "1\u00B9\u2081\u2460", "2\u00B2\u2082\u2461", "3\u00B3\u2083\u2462", "4\u2074\u2084\u2463", "5\u2075\u2085\u2464", "6\u2076\u2086\u2465", "7\u2077\u2087\u2466",
        "8\u2078\u2088\u2467", "9\u2079\u2089\u2468", ":\uFE13\uFE55", ";\u037E\uFE14\uFE54", "<\uFE64", "=\u207C\u208C\uFE66", ">\uFE65", "?\uFE16\uFE56", "@\uFE6B", "AᴬⒶ",
        "BᴮℬⒷ", "Cℂℭ\u216DⒸꟲ", "Dᴰⅅ\u216EⒹ", "EᴱℰⒺ", "FℱⒻꟳ", "GᴳⒼ", "HᴴℋℌℍⒽ", "Iᴵℐℑ\u2160Ⓘ", "JᴶⒿ", "Kᴷ\u212AⓀ", "Lᴸℒ\u216CⓁ", "Mᴹℳ\u216FⓂ", "NᴺℕⓃ", "OᴼⓄ", "PᴾℙⓅ", "QℚⓆꟴ", "RᴿℛℜℝⓇ",
        "SⓈ", "TᵀⓉ", "UᵁⓊ", "V\u2164Ⓥⱽ", "WᵂⓌ", "X\u2169Ⓧ", "YⓎ", "ZℤℨⓏ", "[\uFE47", "\\\uFE68", "]\uFE48", "_\uFE33\uFE34\uFE4D\uFE4E\uFE4F", "`\u1FEF", "a\u00AAᵃₐⓐ", "bᵇⓑ",
        "cᶜ\u217Dⓒ", "dᵈⅆ\u217Eⓓ", "eᵉₑℯⅇⓔ", "fᶠⓕ", "gᵍℊⓖ", "hʰₕℎⓗ", "iᵢⁱℹⅈ\u2170ⓘ", "jʲⅉⓙⱼ", "kᵏₖⓚ", "lˡₗℓ\u217Cⓛ", "mᵐₘ\u217Fⓜ", "nⁿₙⓝ", "o\u00BAᵒₒℴⓞ", "pᵖₚⓟ", "qⓠ", "rʳᵣⓡ",
        "sſˢₛⓢ", "tᵗₜⓣ", "uᵘᵤⓤ", "vᵛᵥ\u2174ⓥ", "wʷⓦ", "xˣₓ\u2179ⓧ", "yʸⓨ", "zᶻⓩ", "{\uFE37\uFE5B", "}\uFE38\uFE5C",
    ];

    private static readonly string[] _ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];

    private static readonly Dictionary<char, (char Letter, char Mark)> _decompositions =
        _marks.SelectMany(static of => of.Letters.Zip(of.Marked, (letter, marked) => (letter, marked, of.Mark))).ToDictionary(static of => of.marked, static of => (of.letter, of.Mark));

    private static readonly Dictionary<(char Letter, char Mark), char> _compositions = _decompositions.ToDictionary(static pair => pair.Value, static pair => pair.Key);

    private static readonly Dictionary<char, char> _plain = _forms.SelectMany(static forms => forms[1..].Select(form => (form, plain: forms[0]))).ToDictionary(static of => of.form, static of => of.plain);

    /// <summary>As <see cref="NormalForms.Composed"/>.</summary>
    public static string Composed(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        StringBuilder composed = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
            {
                composed.Append(c);
            }
            else if (c is >= '\uFB00' and <= '\uFB06')
            {
                composed.Append(_ligatures[c - '\uFB00']);
            }
            else if (c == '\u2026')
            {
                composed.Append("...");
            }
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) && PlainOf(char.ConvertToUtf32(c, text[i + 1])) is not '\0' and var plain)
            {
                composed.Append(plain);
                i++;
            }
            else if (composed.Length > 0 && _compositions.TryGetValue((composed[^1], c), out char marked))
            {
                composed[^1] = marked;
            }
            else
            {
                composed.Append(c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : _plain.GetValueOrDefault(c, c));
            }
        }
        return composed.ToString();
    }

    /// <summary>As <see cref="NormalForms.Decomposed"/>.</summary>
    public static string Decomposed(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        StringBuilder decomposed = new(text.Length * 2);
        Stack<char> marks = [];
        foreach (char c in text)
        {
            char letter = c;
            for (; _decompositions.TryGetValue(letter, out (char Letter, char Mark) parts); letter = parts.Letter)
                marks.Push(parts.Mark);
            decomposed.Append(letter);
            while (marks.TryPop(out char mark))
                decomposed.Append(mark);
        }
        return decomposed.ToString();
    }

    /// <summary>The letter or digit that a mathematical one, or one in a square, stands for; or nul.</summary>
    private static char PlainOf(int c) => c switch
    {
        >= 0x1D400 and <= 0x1D6A3 => (c - 0x1D400) % 52 is < 26 and var capital ? (char)('A' + capital) : (char)('a' + ((c - 0x1D400) % 26)),
        >= 0x1D7CE and <= 0x1D7FF => (char)('0' + ((c - 0x1D7CE) % 10)),
        >= 0x1F130 and <= 0x1F149 => (char)('A' + (c - 0x1F130)),
        _ => '\0',
    };
}
