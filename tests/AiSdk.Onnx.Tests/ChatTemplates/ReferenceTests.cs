using System.Globalization;
using Xunit;

namespace AiSdk.Onnx.Tests.ChatTemplates;

/// <summary>Every construct against Jinja2 itself, also under cultures that write numbers and map letters differently.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData("")]
    [InlineData("tr-TR")]
    [InlineData("fi-FI")]
    public void Constructs_render_as_in_Jinja2_under_any_culture(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            var context = (IReadOnlyDictionary<string, object?>)TemplateValues.Parse(ReferenceCases.Context)!;
            List<string> failures = [];
            foreach (ReferenceCase reference in ReferenceCases.All)
            {
                string? actual = null, error = null;
                try
                {
                    actual = ChatTemplate.Parse(reference.Template, "reference").Render(context, FixedTime.Instance, TestContext.Current.CancellationToken);
                }
                catch (ChatTemplateException exception)
                {
                    error = exception.Message;
                }
                if (actual != reference.Expected)
                    failures.Add($"{reference.Template}\n  expected {reference.Expected ?? "an error"}\n  actual   {actual ?? error}");
            }
            Assert.True(failures.Count == 0, string.Join('\n', failures));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
