using System.Buffers;
using System.Collections.Frozen;

namespace AiSdk;

/// <summary>What gives an attack away whatever it is about: the marks of chat templates, orders to ignore orders, orders to show the prompt. One pass over folded text.</summary>
internal static class InjectionRules
{
    // An order's parts stand close to each other.
    private const int MaxDistance = 9;

    // A mode and what it is for may be two sentences.
    private const int MaxModeDistance = 16;

    // All begin in ASCII, which a vectorised search needs; folding has made plain what is not, such as <｜user｜>.
    private static readonly SearchValues<string> _markers = SearchValues.Create(
        [
            "<|im_start|>", "<|im_end|>", "<|im_sep|>", "<|system|>", "<|user|>", "<|assistant|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|begin_of_text|>", "<|end_of_text|>", "<|endoftext|>", "<|endofprompt|>", "<|channel|>", "<|start|>assistant",
            "<<sys>>", "<</sys>>", "[inst]", "[/inst]", "[system_prompt]", "[/system_prompt]", "<start_of_turn>", "<end_of_turn>", "<|turn>", "[system](#", "[user](#", "[assistant](#", "### system:", "### instruction:\n", "### response:\n",
            "\n\nhuman:", "\n\nassistant:", "<system>", "</system>", "<system_prompt>", "</system_prompt>", "</user_input>", "</user_message>", "</untrusted>", "</document>\n<system", "[end of prompt]", "[end prompt]", "<|prompter|>", "<|endofuserprompt|>",
        ],
        StringComparison.Ordinal);

    private static readonly SearchValues<string> _breaks = SearchValues.Create(
        [
            "new instructions:", "new instruction:", "new system prompt", "updated instructions:", "real instructions:", "end of system prompt", "begin system message", "system override:", "\nsystem: you", "admin override:", "administrator override:",
            "override protocol", "developer mode enabled", "developer mode output", "do anything now", "jailbreak mode", "no longer bound by", "neue anweisungen:", "neue anweisung:", "nuevas instrucciones:", "nouvelles instructions :", "nouvelles instructions:",
        ],
        StringComparison.Ordinal);

    // Languages without blanks between words.
    private static readonly string[] _unspaced =
    [
        "忽略之前", "忽略以上", "忽略上述", "忽略所有", "忽略前面", "無視之前", "忘记之前", "忘掉之前", "忘記之前", "不要遵守之前", "系统提示词", "系統提示詞", "你的提示词", "你的初始指令", "以前の指示", "上記の指示", "これまでの指示", "前の指示を無視", "システムプロンプト", "이전 지시", "이전의 모든 지시", "위의 지시", "시스템 프롬프트",
    ];

    // A search for strings is vectorised only where they begin in ASCII; one for their first characters is.
    private static readonly SearchValues<char> _unspacedStarts = SearchValues.Create([.. _unspaced.Select(static order => order[0]).Distinct()]);

    // The part that a word plays in an order; each word is looked up once.
    private static readonly FrozenDictionary<string, Parts>.AlternateLookup<ReadOnlySpan<char>> _words = Words(
        (Parts.Ignore, "ignore ignoring disregard forget forgetting overlook override bypass neglect dismiss abandon discard ignora ignorad ignore ignorez ignorar olvida olvídate olvidad olvide oublie oubliez dimentica dimenticate esqueça esquece ignoriere ignorieren ignorier vergiss vergesst vergessen missachte missachten negeer vergeet zignoruj "
            + "zapomnij игнорируй игнорируйте забудь забудьте zanemari zaboravi ignoruj"),
        (Parts.Before, "previous prior above preceding earlier foregoing former original initial existing everything all any your before anterior anteriores previas previos todas todo todos todo précédentes précédente précédents antérieures toutes tout tous precedenti tutte tutto tutti alle alles allen vorherigen vorherige bisherigen bisherige obigen obige "
            + "vorigen vorherige gesagte deine ihre vorige eerdere wszystkie poprzednie все предыдущие всё sve prethodne your these those"),
        (Parts.Order, "instructions instruction directions direction directives directive commands orders guidelines prompts prompt programming rules restrictions constraints said told instrucciones instrucción reglas órdenes indicaciones instructions consignes règles istruzioni regole instruções regras anweisungen anweisung instruktionen befehle regeln vorgaben "
            + "gesagte gesagten instructies opdrachten instrukcje polecenia инструкции указания команды правила upute instrukcije"),
        (Parts.Prompt, "prompt prompts instructions instruction directives instruktionen anweisungen instrucciones istruzioni instruções инструкции instrukcije"),
        (Parts.Show, "show print repeat reveal output display tell give disclose leak recite quote share paste expose dump return echo translate encode summarize summarise provide spell muestra muéstrame revela dime montre montrez révèle révélez affiche mostra mostrami rivela zeige zeig nenne gib verrate wiederhole drucke покажи повтори"),
        (Parts.Ask, "what which see list write what's wie welche qué cuáles quelles quels quali какие"),
        (Parts.Your, "your tu tus ton tes votre vos tuo tue deine deinen deinem dein ihre ihren твой твои свои свой"),
        // A system prompt, or one's own: asked about, not asked for.
        (Parts.Any, "a an any my our another each un une ein eine einen"),
        (Parts.OwnPrompt, "systemprompt system_prompt"),
        (Parts.Initial, "initial original hidden secret starting system first confidential internal pre initiales ursprünglichen geheimen начальные"),
        // "Enter developer mode and bypass your content policy": either alone is a question about software or about a shop.
        (Parts.ModeKind, "developer dev debug debugging god admin administrator root sudo superuser dan unrestricted unfiltered uncensored jailbreak jailbroken maintenance unlocked evil entwickler desarrollador développeur sviluppatore"),
        (Parts.Mode, "mode modus modo modalità"),
        (Parts.Lift, "bypass bypassing circumvent evade disable disabling override overriding ignore ignoring disregard disregarding sidestep skip drop remove suspend lift deactivate umgehe umgehen deaktiviere ignoriere omite ignora evita desactiva contourne contournez ignorez désactive désactivez aggira disattiva"),
        (Parts.Policy, "policy policies filter filters guardrail guardrails safeguard safeguards safety moderation censorship restrictions restriction guidelines limitations protections richtlinien richtlinie inhaltsrichtlinien filtros políticas política restricciones politique politiques filtres restrictions politiche filtri"));

    [Flags]
    private enum Parts
    {
        None = 0,
        Ignore = 1 << 0,
        Before = 1 << 1,
        Order = 1 << 2,
        Prompt = 1 << 3,
        Show = 1 << 4,
        Ask = 1 << 5,
        Your = 1 << 6,
        Any = 1 << 7,
        OwnPrompt = 1 << 8,
        Initial = 1 << 9,
        ModeKind = 1 << 10,
        Mode = 1 << 11,
        Lift = 1 << 12,
        Policy = 1 << 13,
    }

    /// <summary>The rule that a text breaks, for people, or <see langword="null"/>.</summary>
    /// <param name="text">The folded text.</param>
    public static string? Find(string text)
    {
        ReadOnlySpan<char> rest = text;
        if (rest.ContainsAny(_markers))
            return "it has marks of a chat template";
        if (rest.ContainsAny(_breaks))
            return "it pretends that new instructions begin";
        if (OrdersUnspaced(rest))
            return "it orders the model to ignore or to show its instructions";
        return Orders(rest);
    }

    private static bool OrdersUnspaced(ReadOnlySpan<char> text)
    {
        for (int at = text.IndexOfAny(_unspacedStarts); at >= 0; at = text.IndexOfAny(_unspacedStarts))
        {
            text = text[at..];
            foreach (string order in _unspaced)
            {
                if (text.StartsWith(order, StringComparison.Ordinal))
                    return true;
            }
            text = text[1..];
        }
        return false;
    }

    private static string? Orders(ReadOnlySpan<char> text)
    {
        // The words since which each part of an order has been seen, by the number of the word.
        int ignore = -100;
        int before = -100;
        int show = -100;
        int your = -100;
        int initial = -100;
        int ask = -100;
        int any = -100;
        int kind = -100;
        int mode = -100;
        int lift = -100;
        int lifted = -100;
        int number = 0;
        for (int i = 0; i < text.Length;)
        {
            if (!IsWord(text[i]))
            {
                // An order does not go beyond its sentence.
                if (text[i] is '.' or '?' or '!' or ';' && i + 1 < text.Length && text[i + 1] is ' ' or '\n')
                    number += MaxDistance;
                i++;
                continue;
            }
            int end = i + 1;
            while (end < text.Length && IsWord(text[end]))
                end++;
            ReadOnlySpan<char> word = text[i..end];
            i = end;
            number++;
            if (word.Length > 20)
                continue;
            if (!_words.TryGetValue(word, out Parts parts))
                continue;
            if (parts.HasFlag(Parts.Ignore))
                ignore = number;
            if (parts.HasFlag(Parts.Before) && number - ignore <= MaxDistance && number != ignore)
                before = number;
            if (parts.HasFlag(Parts.Order))
            {
                if (before > ignore && number - before <= 4 && number - ignore <= MaxDistance)
                    return "it orders the model to ignore its instructions";
                bool isPrompt = parts.HasFlag(Parts.Prompt);
                bool isAsked = isPrompt && (number - show <= MaxDistance || number - ask <= MaxDistance);
                if (isAsked && number - initial <= 2 && number - your <= 4)
                    return "it asks for the model's instructions";
                if (isPrompt && word is "prompt" && number - show <= 6 && number - initial == 1 && number - any > 3)
                    return "it asks for the model's instructions";
            }
            else if (parts.HasFlag(Parts.OwnPrompt) && number - show <= MaxDistance)
            {
                return "it asks for the model's instructions";
            }
            if (parts.HasFlag(Parts.ModeKind))
                kind = number;
            if (parts.HasFlag(Parts.Mode) && number - kind <= 2)
                mode = number;
            if (parts.HasFlag(Parts.Lift))
                lift = number;
            // Whose policy it is tells an order to the model from one to a program.
            if (parts.HasFlag(Parts.Policy) && number - lift <= 5 && (number - your <= 3 || before > lift))
                lifted = number;
            if (mode > 0 && lifted > 0 && Math.Abs(mode - lifted) <= MaxModeDistance)
                return "it orders the model into a mode without its rules";
            if (parts.HasFlag(Parts.Show))
                show = number;
            if (parts.HasFlag(Parts.Ask))
                ask = number;
            if (parts.HasFlag(Parts.Any))
                any = number;
            if (parts.HasFlag(Parts.Initial))
                initial = number;
            if (parts.HasFlag(Parts.Your))
                your = number;
        }
        return null;
    }

    private static bool IsWord(char c) => c < 0x80 ? char.IsAsciiLetterOrDigit(c) || c is '_' or '\'' : char.IsLetter(c);

    private static FrozenDictionary<string, Parts>.AlternateLookup<ReadOnlySpan<char>> Words(params ReadOnlySpan<(Parts Part, string Words)> parts)
    {
        Dictionary<string, Parts> all = new(StringComparer.Ordinal);
        foreach ((Parts part, string words) in parts)
        {
            foreach (string word in words.Split(' '))
                all[word] = all.GetValueOrDefault(word) | part;
        }
        return all.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
