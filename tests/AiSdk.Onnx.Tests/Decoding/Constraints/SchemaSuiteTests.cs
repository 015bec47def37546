using System.Text;
using System.Text.Json;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>The official test suite of JSON Schema 2020-12: what is not refused is right for every instance.</summary>
public class SchemaSuiteTests
{
    // Formats count as assertions here; that file has them as annotations.
    private const string Annotations = "format.json";

    // Formats that are enforced more narrowly than they are defined: see StringFormats.
    private static readonly string[] s_narrower = ["date-time.json", "ecmascript-regex.json", "email.json", "hostname.json", "regex.json", "time.json"];

    private static readonly TokenTrie s_bytes = new([.. Enumerable.Range(0, 256).Select(static value => new[] { (byte)value })]);

    [Fact]
    public void NothingThatIsEnforcedIsEnforcedWrongly()
    {
        List<string> wrong = [];
        int passed = 0;
        Dictionary<string, int> refused = new(StringComparer.Ordinal);
        string root = TestData.Path("data", "json-schema", "draft2020-12");
        foreach (string file in Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetRelativePath(root, file) == Annotations)
                continue;
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonElement group in document.RootElement.EnumerateArray())
            {
                Constraint constraint;
                try
                {
                    constraint = Constraint.FromJsonSchema(group.GetProperty("schema"), new JsonConstraintOptions { Order = MemberOrder.Any }, cancellationToken: TestContext.Current.CancellationToken);
                }
                catch (ConstraintException error)
                {
                    refused[error.Keyword] = refused.GetValueOrDefault(error.Keyword) + 1;
                    continue;
                }
                bool isRight = true;
                foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                {
                    byte[] text;
                    try
                    {
                        text = CanonicalJson.Write(test.GetProperty("data"));
                    }
                    catch (UnenforceableException)
                    {
                        continue;
                    }
                    bool isAccepted = constraint.Start(s_bytes).TryAccept(text, out ConstraintState end) && end.IsComplete;
                    if (!isAccepted && s_narrower.Contains(Path.GetFileName(file)) && file.Contains("format", StringComparison.Ordinal))
                        continue;
                    if (isAccepted == test.GetProperty("valid").GetBoolean())
                        continue;
                    isRight = false;
                    wrong.Add($"{Path.GetRelativePath(root, file)}: {group.GetProperty("description")}: {test.GetProperty("description")}: {Encoding.UTF8.GetString(text)} {(isAccepted ? "accepted" : "refused")}");
                }
                passed += isRight ? 1 : 0;
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"passed {passed}, refused {refused.Values.Sum()}: {string.Join(", ", refused.OrderByDescending(static pair => pair.Value).Select(static pair => $"{pair.Key} {pair.Value}"))}");
        foreach (string line in wrong) TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.Equal([], wrong);
        Assert.True(passed > 375, $"{passed} passed");
    }
}
