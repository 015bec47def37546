using System.Text;
using System.Text.RegularExpressions;

namespace AiSdk.Onnx;

/// <summary>The normalizer of a tokenizer.json: what is done to text before it is cut.</summary>
internal sealed class TextNormalizer
{
    private readonly List<Func<string, string>> _steps = [];

    /// <summary>Reads the field; a tokenizer without one changes nothing.</summary>
    public static TextNormalizer Read(JsonFile? json)
    {
        var normalizer = new TextNormalizer();
        if (json is not null)
            normalizer.Add(json.Value);
        return normalizer;
    }

    /// <summary>Whether it changes nothing.</summary>
    public bool IsEmpty => _steps.Count == 0;

    public string Normalize(string text)
    {
        foreach (Func<string, string> step in _steps)
            text = step(text);
        return text;
    }

    private void Add(JsonFile json)
    {
        string type = json.String("type");
        switch (type)
        {
            case "Sequence":
                foreach (JsonFile part in json.Objects("normalizers"))
                    Add(part);
                break;
            case "Prepend":
                string prefix = json.String("prepend");
                _steps.Add(text => text.Length == 0 ? text : prefix + text);
                break;
            case "Replace":
                JsonFile pattern = json.Object("pattern");
                string content = json.String("content");
                if (pattern.OptionalString("String") is { } literal)
                {
                    _steps.Add(text => literal.Length == 0 ? text : text.Replace(literal, content, StringComparison.Ordinal));
                }
                else
                {
                    Regex regex = TextSplitter.CompileRegex(pattern);
                    // The content is text, not a substitution pattern.
                    _steps.Add(text => regex.Replace(text, _ => content));
                }
                break;
            case "NFC":
                _steps.Add(static text => text.Normalize(NormalizationForm.FormC));
                break;
            case "NFD":
                _steps.Add(static text => text.Normalize(NormalizationForm.FormD));
                break;
            case "NFKC":
                _steps.Add(static text => text.Normalize(NormalizationForm.FormKC));
                break;
            case "NFKD":
                _steps.Add(static text => text.Normalize(NormalizationForm.FormKD));
                break;
            case "Lowercase":
                _steps.Add(static text => text.ToLowerInvariant());
                break;
            default:
                throw json.Error("type", $"is '{type}', a normalizer that is not supported; Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD and Lowercase are.");
        }
    }
}
