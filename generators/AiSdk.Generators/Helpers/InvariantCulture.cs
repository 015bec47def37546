using System.Globalization;

namespace AiSdk.Generators.Helpers;

/// <summary>The compiler runs in the machine's culture, and in some of them a minus is not '-' (fi-FI: U+2212).</summary>
internal static class InvariantCulture
{
#pragma warning disable RS1035 // It is set, not read, so that nothing depends on it.
    /// <summary>Does the work in the invariant culture.</summary>
    public static T Run<T>(Func<T> work)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            return work();
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
#pragma warning restore RS1035
}
