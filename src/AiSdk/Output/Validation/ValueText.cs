using System.Collections;
using System.Globalization;

namespace AiSdk;

/// <summary>Shows values in messages: as JSON, without culture, cut where they are long.</summary>
internal static class ValueText
{
    private const int MaxLength = 100;
    private const int MaxItems = 4;

    /// <summary>A value as JSON, as far as that needs no reflection: an object's content is not shown.</summary>
    public static string Of(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string or char or Uri or Enum or Guid or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan => Quote(Plain(value)),
        IFormattable number => Cut(Plain(number)),
        IDictionary => "{…}",
        IEnumerable items => List(items),
        _ => "{…}",
    };

    /// <summary>A scalar's text as it stands in JSON, without quotes.</summary>
    public static string Plain(object value) => value switch
    {
        string text => text,
        Uri uri => uri.OriginalString,
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>Text, cut with … where it is long, never inside a surrogate pair.</summary>
    public static string Cut(ReadOnlySpan<char> text, int length = MaxLength)
    {
        if (text.Length <= length)
            return text.ToString();
        return string.Concat(text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)], "…");
    }

    private static string Quote(string text)
    {
        using JsonText json = new(MaxLength);
        json.AppendString(Cut(text));
        return json.Written.ToString();
    }

    private static string List(IEnumerable items)
    {
        List<string> shown = [];
        try
        {
            foreach (object? item in items)
            {
                if (shown.Count == MaxItems)
                {
                    shown.Add("…");
                    break;
                }
                // One level is enough to recognise a list.
                shown.Add(item is IEnumerable and not string ? "[…]" : Of(item));
            }
        }
        catch (InvalidOperationException)
        {
            // An immutable array that was never made.
            return "null";
        }
        return $"[{string.Join(", ", shown)}]";
    }
}
