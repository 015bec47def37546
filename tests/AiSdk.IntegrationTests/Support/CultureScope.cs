using System.Globalization;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Runs a test under a culture whose numbers, dates, letter cases or minus sign are not the invariant ones.</summary>
internal sealed class CultureScope : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public CultureScope(string name)
    {
        CultureInfo culture = CultureInfo.GetCultureInfo(name);
        // Where the machine lacks the culture's data, the test would prove nothing.
        if (name.Length > 0 && culture.NumberFormat.NumberDecimalSeparator != ",")
            Assert.Skip($"this machine has no data for the culture {name}");
        CultureInfo.CurrentCulture = culture;
        CultureInfo.CurrentUICulture = culture;
    }

    /// <summary>The cultures that representative tests run under.</summary>
    public static TheoryData<string> All => ["", "tr-TR", "fi-FI"];

    public void Dispose()
    {
        CultureInfo.CurrentCulture = _before;
        CultureInfo.CurrentUICulture = _before;
    }
}
