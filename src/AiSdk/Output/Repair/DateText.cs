using System.Buffers;
using System.Globalization;

namespace AiSdk;

/// <summary>Writes dates, times and ids as their JSON Schema formats want them.</summary>
internal static class DateText
{
    private static readonly SearchValues<char> _clock = SearchValues.Create("0123456789:.");

    private static readonly string[] _dates =
    [
        "yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd", "yyyyMMdd", "MMMM d, yyyy", "MMM d, yyyy", "d MMMM yyyy", "d MMM yyyy", "MMMM d yyyy", "MMM d yyyy", "d. MMMM yyyy",
        "d-MMM-yyyy", "dddd, MMMM d, yyyy", "dddd, d MMMM yyyy", "d.M.yyyy",
    ];

    /// <summary>Whether the format is one of these; <paramref name="canonical"/> is null if the text is none.</summary>
    public static bool Canonical(string format, ReadOnlySpan<char> text, out string? canonical)
    {
        canonical = null;
        switch (format)
        {
            case "date":
                if (DateOnly.TryParseExact(text, _dates, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out DateOnly date))
                    canonical = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                else if (Slashes(text, out date))
                    canonical = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                else if (text.Length > 10 && text[10] is 'T' or ' ' && IsMidnight(text[11..]) && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
                    canonical = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                return true;
            case "date-time":
                if (text.Length >= 16 && text[10] is 'T' or 't' or ' ' && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                    canonical = Rfc3339(text, time);
                return true;
            case "uuid":
                if (Guid.TryParse(text, out Guid id))
                    canonical = text.Length == 36 ? text.ToString() : id.ToString("D");
                return true;
            default:
                return false;
        }
    }

    // A clock of twelve hours, or an offset without its colon, is written anew.
    private static string Rfc3339(ReadOnlySpan<char> text, DateTimeOffset time)
    {
        ReadOnlySpan<char> clock = text[11..].TrimStart();
        int zone = clock.IndexOfAnyExcept(_clock);
        ReadOnlySpan<char> offset = zone < 0 ? default : clock[zone..];
        if (offset is "" or "Z" or "z" || offset.Length == 6 && offset[3] == ':')
            return text[10] == 'T' ? text.ToString() : string.Concat(text[..10], "T", clock);
        bool local = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime read) && read.Kind == DateTimeKind.Unspecified;
        return time.ToString(local ? "yyyy-MM-ddTHH:mm:ss.FFFFFFF" : "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
    }

    // 03/04/2025 is two dates; 13/04/2025 is one.
    private static bool Slashes(ReadOnlySpan<char> text, out DateOnly date)
    {
        bool american = DateOnly.TryParseExact(text, "M/d/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
        bool british = DateOnly.TryParseExact(text, "d/M/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly other);
        if (american && british)
            return date == other;
        if (british)
            date = other;
        return american || british;
    }

    private static bool IsMidnight(ReadOnlySpan<char> time) => time.TrimEnd("Z+-0:.").IsEmpty;
}
