using System.Text;

namespace AiSdk.CodeFixes;

/// <summary>Names as words.</summary>
internal static class Words
{
    /// <summary><c>FindOpenHTTPOrders</c> is "Find open HTTP orders".</summary>
    public static string Of(string name)
    {
        StringBuilder words = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins)
                words.Append(' ');
            words.Append(begins && i + 1 < name.Length && char.IsLower(name[i + 1]) ? char.ToLowerInvariant(name[i]) : name[i] == '_' ? ' ' : i == 0 ? char.ToUpperInvariant(name[i]) : name[i]);
        }
        return words.ToString();
    }
}
