using AiSdk.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace AiSdk.Analyzers.Tests.CodeFixes;

/// <summary>Each fix makes code that compiles and no longer has the diagnostic, for one occurrence and for a hundred.</summary>
public sealed class FixTests
{
    private const string Q = "\"\"\"";

    /// <summary>Fix, the code before with its marks, the code after. <c>#</c> stands for a number, so that the same can be repeated.</summary>
    public static TheoryData<Type, string, string> Cases => new()
    {
        {
            typeof(NameTheQueryFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{question}}{{other}}\")] Task<string> AskAsync(string other, string question, [{|AISDK0600:Retrieve(\"h\", Query = \"qestion\", Top = 3)|}] Passages? p = null); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{question}}{{other}}\")] Task<string> AskAsync(string other, string question, [Retrieve(\"h\", Query = nameof(question), Top = 3)] Passages? p = null); }"
        },
        {
            typeof(NameTheQueryFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{question}}{{other}}\")] Task<string> AskAsync(string question, string other, [{|AISDK0600:Retrieve(\"h\")|}] Passages? p = null); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{question}}{{other}}\")] Task<string> AskAsync(string question, string other, [Retrieve(\"h\", Query = nameof(question))] Passages? p = null); }"
        },
        {
            typeof(CorrectTheRetrievalFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{q}}\")] Task<string> AskAsync(string q, [{|AISDK0601:Retrieve(\"h\")|}] Passages p, CancellationToken c = default); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{q}}\")] Task<string> AskAsync(string q, [Retrieve(\"h\")] Passages? p = null, CancellationToken c = default); }"
        },
        {
            typeof(CorrectTheRetrievalFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{q}}\")] Task<string> AskAsync(string q, [{|AISDK0601:Retrieve(\"h\")|}] IReadOnlyList<Passage> p, CancellationToken c); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{q}}\")] Task<string> AskAsync(string q, [Retrieve(\"h\")] Passages? p, CancellationToken c); }"
        },
        {
            typeof(CorrectTheRetrievalFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{q}}\")] Task<string> AskAsync(string q, [{|AISDK0601:Retrieve(\"h\", Top = 0, TokenBudget = -5)|}] Passages? p = null); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{p}}{{q}}\")] Task<string> AskAsync(string q, [Retrieve(\"h\", Top = 1, TokenBudget = 0)] Passages? p = null); }"
        },
        {
            typeof(ShowPassagesFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{q}}\")] {|AISDK0602:Task<List<Citation>>|} AskAsync(string q, CancellationToken c = default); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{passages}}\\n\\n{{q}}\")] Task<List<Citation>> AskAsync(string q, [Retrieve(\"documents\")] Passages? passages = null, CancellationToken c = default); }"
        },
        {
            typeof(ShowPassagesFix),
            $"[AiFunctions] public interface IDesk#\n{{\n    [UserPrompt({Q}\n        {{{{a}}}}\n        {{{{b}}}}\n        {Q})]\n    {{|AISDK0602:Task<List<Citation>>|}} AskAsync(string a, string b);\n    [UserPrompt(\"{{{{p}}}}\")] Task<string> OtherAsync(string q, [Retrieve(\"law\")] Passages? p = null);\n}}",
            $"[AiFunctions] public interface IDesk#\n{{\n    [UserPrompt({Q}\n        {{{{passages}}}}\n\n        {{{{a}}}}\n        {{{{b}}}}\n        {Q})]\n    Task<List<Citation>> AskAsync(string a, string b, [Retrieve(\"law\", Query = nameof(a))] Passages? passages = null);\n    [UserPrompt(\"{{{{p}}}}\")] Task<string> OtherAsync(string q, [Retrieve(\"law\")] Passages? p = null);\n}}"
        },
        {
            typeof(MakeContainersPartialFix),
            "public class Bank# { [AiFunctions] public interface {|AISDK0001:IDesk|} { [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a); } }",
            "public partial class Bank# { [AiFunctions] public interface IDesk { [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a); } }"
        },
        {
            typeof(MarkFromServicesFix),
            "public interface IStore# { } public static class Tools# { /** <summary>Finds.</summary> */ [AiTool] public static string Find(string id, {|AISDK0301:IStore#|} store) => id; }",
            "public interface IStore# { } public static class Tools# { /** <summary>Finds.</summary> */ [AiTool] public static string Find(string id, [FromServices] IStore# store) => id; }"
        },
        {
            typeof(DescribeTheToolFix),
            "public static class Tools#\n{\n    [AiTool]\n    public static string {|AISDK0302:FindOpenHTTPOrdersAsync|}(string id) => id;\n}",
            "public static class Tools#\n{\n    /// <summary>Find open HTTP orders.</summary>\n    [AiTool]\n    public static string FindOpenHTTPOrdersAsync(string id) => id;\n}"
        },
        {
            typeof(MakeTheToolInternalFix),
            "public class Tools# { /** <summary>Finds.</summary> */ [AiTool] private static string {|AISDK0300:Find|}(string id) => id; }",
            "public class Tools# { /** <summary>Finds.</summary> */ [AiTool] internal static string Find(string id) => id; }"
        },
        {
            typeof(MakeTheToolInternalFix),
            "public class Tools# { /** <summary>Lists.</summary> */ [AiTool] string {|AISDK0300:List|}(string id) => id; }",
            "public class Tools# { /** <summary>Lists.</summary> */ [AiTool] internal string List(string id) => id; }"
        },
        {
            typeof(DescribeTheArgumentFix),
            "public static class Tools#\n{\n    /// <summary>Lists.</summary>\n    /// <param name=\"customer\">Who.</param>\n    /// <param name=\"last\">Until when.</param>\n    [AiTool]\n    public static string List(string customer, string {|AISDK0303:firstDay|}, string last) => customer;\n}",
            "public static class Tools#\n{\n    /// <summary>Lists.</summary>\n    /// <param name=\"customer\">Who.</param>\n    /// <param name=\"firstDay\">First day.</param>\n    /// <param name=\"last\">Until when.</param>\n    [AiTool]\n    public static string List(string customer, string firstDay, string last) => customer;\n}"
        },
        {
            typeof(DescribeTheArgumentFix),
            "public static class Tools# { [AiTool, System.ComponentModel.Description(\"Lists.\")] public static string List([System.ComponentModel.Description(\"Who.\")] string customer, string {|AISDK0303:firstDay|}) => customer; }",
            "public static class Tools# { [AiTool, System.ComponentModel.Description(\"Lists.\")] public static string List([System.ComponentModel.Description(\"Who.\")] string customer, [System.ComponentModel.Description(\"First day.\")] string firstDay) => customer; }"
        },
        {
            typeof(NameTheToolFix),
            "public static class Tools# { /** <summary>Finds.</summary> */ [{|AISDK0304:AiTool(\"find an order!\")|}] public static string Find(string id) => id; }",
            "public static class Tools# { /** <summary>Finds.</summary> */ [AiTool(\"find_an_order\")] public static string Find(string id) => id; }"
        },
        {
            typeof(NameTheToolFix),
            "public static class Tools# { /** <summary>Lists.</summary> */ [AiTool] public static string List(string id) => id; /** <summary>Lists.</summary> */ [AiTool(Effect = ToolEffect.Read)] public static string {|AISDK0304:List|}(int day) => \"\"; }",
            "public static class Tools# { /** <summary>Lists.</summary> */ [AiTool] public static string List(string id) => id; /** <summary>Lists.</summary> */ [AiTool(\"ListByDay\", Effect = ToolEffect.Read)] public static string List(int day) => \"\"; }"
        },
        {
            typeof(OfferTheMethodsFix),
            "public class Tools#\n{\n    /// <summary>Finds.</summary>\n    public string Find(string id) => id;\n\n    private string Hide() => \"\";\n}\n[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\"), {|AISDK0307:Tools<Tools#>|}] Task<string> AskAsync(string a); }",
            "public class Tools#\n{\n    /// <summary>Finds.</summary>\n    [AiTool]\n    public string Find(string id) => id;\n\n    private string Hide() => \"\";\n}\n[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\"), Tools<Tools#>] Task<string> AskAsync(string a); }"
        },
        {
            typeof(StateTheEffectFix),
            "public static class Tools# { /** <summary>Deletes.</summary> */ [AiTool] public static string {|AISDK0305:DeleteAll|}(string id) => id; }",
            "public static class Tools# { /** <summary>Deletes.</summary> */ [AiTool(Effect = ToolEffect.Destructive)] public static string DeleteAll(string id) => id; }"
        },
        {
            typeof(AddPromptFix),
            "[AiFunctions] public interface IDesk#\n{\n    /// <summary>Asks.</summary>\n    Task<string> {|AISDK0003:AskAsync|}(string a, int b, CancellationToken c);\n}",
            "[AiFunctions] public interface IDesk#\n{\n    /// <summary>Asks.</summary>\n    [UserPrompt(\"{{a}}\\n{{b}}\")]\n    Task<string> AskAsync(string a, int b, CancellationToken c);\n}"
        },
        {
            typeof(ChangeReturnTypeFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] {|AISDK0004:IReadOnlyList<int>|} AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] Task<IReadOnlyList<int>> AskAsync(string a); }"
        },
        {
            typeof(ChangeReturnTypeFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] {|AISDK0004:Task|} AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a); }"
        },
        {
            typeof(ChangeReturnTypeFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] {|AISDK0004:IAsyncEnumerable<AiResult<int>>|} AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] Task<AiResult<int>> AskAsync(string a); }"
        },
        {
            typeof(MoveTokenLastFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}} {{b}}\")] Task<string> AskAsync(CancellationToken {|AISDK0009:token|}, string a, string b); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}} {{b}}\")] Task<string> AskAsync(string a, string b, CancellationToken token); }"
        },
        {
            typeof(RemoveAttributeFix),
            "[AiFunctions] public interface IDesk#\n{\n    [{|AISDK0010:AllowLoss|}]\n    [UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}",
            "[AiFunctions] public interface IDesk#\n{\n    [UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}"
        },
        {
            typeof(RemoveAttributeFix),
            "[AiFunctions] public interface IDesk#\n{\n    [{|AISDK0010:AllowLoss|}]\n    // Short replies only.\n    [UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}",
            "[AiFunctions] public interface IDesk#\n{\n    // Short replies only.\n    [UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}"
        },
        {
            typeof(RemoveAttributeFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\"), {|AISDK0010:Reask|}] Task<string> AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a); }"
        },
        {
            typeof(RemoveAttributeFix),
            "[AiFunctions] public interface IDesk#\n{\n    /// <summary>Asks.</summary>\n    [{|AISDK0010:AllowLoss|}, UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}",
            "[AiFunctions] public interface IDesk#\n{\n    /// <summary>Asks.</summary>\n    [UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}"
        },
        {
            typeof(RemoveAttributeFix),
            "[AiFunctions] public interface IDesk#\n{\n    /// <summary>Asks.</summary>\n    [SystemPrompt({|AISDK0114:\"\"|})]\n    [UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}",
            "[AiFunctions] public interface IDesk#\n{\n    /// <summary>Asks.</summary>\n    [UserPrompt(\"{{a}}\")]\n    Task<string> AskAsync(string a);\n}"
        },
        {
            typeof(UseNearestNameFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(@\"\"\"a {{{|AISDK0101:mesage|}}}\"\"\")] Task<string> AskAsync(string message); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(@\"\"\"a {{message}}\"\"\")] Task<string> AskAsync(string message); }"
        },
        {
            typeof(UseNearestNameFix),
            "public record Order#(decimal Total); [AiFunctions] public interface IDesk# { [UserPrompt(\"{{order.{|AISDK0102:Totl|}:N2}}\")] Task<string> AskAsync(Order# order); }",
            "public record Order#(decimal Total); [AiFunctions] public interface IDesk# { [UserPrompt(\"{{order.Total:N2}}\")] Task<string> AskAsync(Order# order); }"
        },
        {
            typeof(UseNearestNameFix),
            "public enum Topic# { Payment, Delivery, Complaint } [AiFunctions] public interface IDesk# { [UserPrompt(\"Payment, Delivery or {|AISDK0113:Complaints|}? {{a}}\")] Task<Topic#> AskAsync(string a); }",
            "public enum Topic# { Payment, Delivery, Complaint } [AiFunctions] public interface IDesk# { [UserPrompt(\"Payment, Delivery or Complaint? {{a}}\")] Task<Topic#> AskAsync(string a); }"
        },
        {
            typeof(UseHelperFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"See {{{|AISDK0103:photo|}}}\")] Task<string> AskAsync(DataContent photo); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"See {{media photo}}\")] Task<string> AskAsync(DataContent photo); }"
        },
        {
            typeof(AddParameterFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}} {{{|AISDK0101:customer|}}}\")] Task<string> AskAsync(string a, int b = 1, CancellationToken c = default); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}} {{customer}}\")] Task<string> AskAsync(string a, string customer, int {|AISDK0107:b|} = 1, CancellationToken c = default); }"
        },
        {
            typeof(WriteGuardStubFix),
            "[AiFunctions] public interface IDesk#\n{\n    [UserPrompt(\"{{a}}\")]\n    [{|AISDK0402:Guard(GuardStage.Input)|}]\n    Task<string> AskAsync(string a, CancellationToken c);\n}",
            "[AiFunctions] public interface IDesk#\n{\n    [UserPrompt(\"{{a}}\")]\n    [Guard(GuardStage.Input)]\n    Task<string> AskAsync(string a, CancellationToken c);\n}\n\npartial class Desk#\n{\n    private partial ValueTask<GuardVerdict> {|CS0759:GuardAskInputAsync|}(string a, GuardContext context) => new(GuardVerdict.Allow);\n}"
        },
        {
            typeof(MarkTrustedFix),
            "[AiFunctions] public interface IDesk# { [SystemPrompt(\"For {{{|AISDK0106:bank|}}}.\")] [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a, string bank); }",
            "[AiFunctions] public interface IDesk# { [SystemPrompt(\"For {{bank}}.\")] [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a, [Trusted] string bank); }"
        },
        {
            typeof(MoveToUserPromptFix),
            "[AiFunctions] public interface IDesk# { [SystemPrompt(\"For {{{|AISDK0106:bank|}}}.\")] [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a, string bank); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"For {{bank}}.\")] [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a, string bank); }"
        },
        {
            typeof(MoveToUserPromptFix),
            $"[AiFunctions] public interface IDesk#\n{{\n    [SystemPrompt({Q}\n        Be brief.\n        I am {{{{{{|AISDK0106:name|}}}}}} \\o/\n        Be exact.\n        {Q})]\n    [UserPrompt(\"{{{{a}}}}\")]\n    Task<string> AskAsync(string a, string name);\n}}",
            $"[AiFunctions] public interface IDesk#\n{{\n    [SystemPrompt({Q}\n        Be brief.\n        Be exact.\n        {Q})]\n    [UserPrompt(\"I am {{{{name}}}} \\\\o/\")]\n    [UserPrompt(\"{{{{a}}}}\")]\n    Task<string> AskAsync(string a, string name);\n}}"
        },
        {
            typeof(ShowParameterFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a, string {|AISDK0107:b|}); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}} {{b}}\")] Task<string> AskAsync(string a, string b); }"
        },
        {
            typeof(ShowParameterFix),
            $"[AiFunctions] public interface IDesk#\n{{\n    [UserPrompt({Q}\n        {{{{a}}}}\n        {Q})]\n    Task<string> AskAsync(string a, string {{|AISDK0107:b|}});\n}}",
            $"[AiFunctions] public interface IDesk#\n{{\n    [UserPrompt({Q}\n        {{{{a}}}}\n        {{{{b}}}}\n        {Q})]\n    Task<string> AskAsync(string a, string b);\n}}"
        },
        {
            typeof(ShowParameterFix),
            "[AiFunctions] public interface IDesk#\n{\n    [SystemPrompt(\"Be brief.\")]\n    Task<string> AskAsync(string {|AISDK0107:b|});\n}",
            "[AiFunctions] public interface IDesk#\n{\n    [SystemPrompt(\"Be brief.\")]\n    [UserPrompt(\"{{b}}\")]\n    Task<string> AskAsync(string b);\n}"
        },
        {
            typeof(DoubleBracesFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"Hello {|AISDK0108:{a}|}, {{a}}\")] Task<string> AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"Hello {{a}}, {{a}}\")] Task<string> AskAsync(string a); }"
        },
        {
            typeof(DoubleBracesFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt($\"Hello {|AISDK0108:{{a}}|}, {{{{a}}}}\")] Task<string> AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt($\"Hello {{{{a}}}}, {{{{a}}}}\")] Task<string> AskAsync(string a); }"
        },
        {
            typeof(ShowAsJsonFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"Is \\\"{|AISDK0109:{{a}}|}\\\" English?\")] Task<string> AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(\"Is {{json a}} English?\")] Task<string> AskAsync(string a); }"
        },
        {
            typeof(ShowAsJsonFix),
            "[AiFunctions] public interface IDesk# { [UserPrompt(@\"Is \"\"{|AISDK0109:{{a}}|}\"\" English?\")] Task<string> AskAsync(string a); }",
            "[AiFunctions] public interface IDesk# { [UserPrompt(@\"Is {{json a}} English?\")] Task<string> AskAsync(string a); }"
        },
        {
            typeof(AddDiscriminatorsFix),
            "[System.Text.Json.Serialization.JsonDerivedType(typeof(Circle#))] public abstract record Shape#; public record Circle#(int R) : Shape#; [AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] {|AISDK0203:Task<Shape#>|} AskAsync(string a); }",
            "[System.Text.Json.Serialization.JsonDerivedType(typeof(Circle#), \"circle#\")] public abstract record Shape#; public record Circle#(int R) : Shape#; [AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] Task<Shape#> AskAsync(string a); }"
        },
        {
            typeof(NameDerivedTypesFix),
            "using System.Text.Json.Serialization;\npublic abstract record Shape#;\npublic record Circle#(int R) : Shape#;\npublic record Square#(int A) : Shape#;\n[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] {|AISDK0204:Task<Shape#>|} AskAsync(string a); }",
            "using System.Text.Json.Serialization;\n[JsonDerivedType(typeof(Circle#), \"circle#\")]\n[JsonDerivedType(typeof(Square#), \"square#\")]\npublic abstract record Shape#;\npublic record Circle#(int R) : Shape#;\npublic record Square#(int A) : Shape#;\n[AiFunctions] public interface IDesk# { [UserPrompt(\"{{a}}\")] Task<Shape#> AskAsync(string a); }"
        },
        {
            typeof(MoveLineToEndFix),
            $"[AiFunctions] public interface IDesk#\n{{\n    [SystemPrompt({Q}\n        {{|AISDK0110:{{{{now}}}}|}}\n        {Long}\n        {Q})]\n    [UserPrompt(\"{{{{a}}}}\")]\n    Task<string> AskAsync(string a, DateTime now);\n}}",
            $"[AiFunctions] public interface IDesk#\n{{\n    [SystemPrompt({Q}\n        {Long}\n        {{{{now}}}}\n        {Q})]\n    [UserPrompt(\"{{{{a}}}}\")]\n    Task<string> AskAsync(string a, DateTime now);\n}}"
        },
    };

    private static string Long { get; } = string.Join(' ', Enumerable.Repeat("Be brief and exact, and say so when you do not know something.", 30));

    [Theory]
    [MemberData(nameof(Cases))]
    public Task It_mends_one(Type fix, string before, string after) => FixRun.CheckAsync(fix, before.Replace("#", "", StringComparison.Ordinal), after.Replace("#", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("Now it is {|AISDK0110:{{now}}|}, mind that.")]
    [InlineData("This is the time:\n        {|AISDK0110:{{now}}|}")]
    [InlineData("<time>\n        {|AISDK0110:{{now}}|}\n        </time>")]
    [InlineData("```\n        {|AISDK0110:{{now}}|}\n        ```")]
    public Task A_value_is_not_torn_out_of_its_context(string lines)
    {
        string source = $"[AiFunctions] public interface IDesk\n{{\n    [SystemPrompt({Q}\n        {lines}\n        {Long}\n        {Q})]\n    [UserPrompt(\"{{{{a}}}}\")]\n    Task<string> AskAsync(string a, DateTime now);\n}}";
        return FixRun.CheckAsync(typeof(MoveLineToEndFix), source, source);
    }

    /// <summary>The same for the fixes that may be applied to all.</summary>
    public static IEnumerable<TheoryDataRow<Type, string, string>> CasesForAll => Cases.Where(static row => Activator.CreateInstance(row.Data.Item1) is not CodeFixProvider fix || fix.GetFixAllProvider() is not null);

    [Theory]
    [MemberData(nameof(CasesForAll))]
    public Task Fix_all_mends_a_hundred(Type fix, string before, string after) => FixAllRun.CheckAsync(fix, Hundred(before), Hundred(after), 100);

    [Fact]
    public void Every_fix_has_a_case_and_can_be_applied_to_all_unless_it_wants_a_decision()
    {
        IEnumerable<Type> tested = Cases.Select(static row => row.Data.Item1).Distinct();

        // Those that change files beside the source have tests of their own: FileFixTests.
        Assert.Equal(FixRun.All.Where(static t => t.IsSubclassOf(typeof(FixProvider))).OrderBy(static t => t.Name, StringComparer.Ordinal), tested.OrderBy(static t => t.Name, StringComparer.Ordinal));
        Assert.Equal(
            [typeof(AddParameterFix), typeof(MarkFromServicesFix), typeof(MarkTrustedFix), typeof(OfferTheMethodsFix), typeof(StateTheEffectFix), typeof(WriteGuardStubFix)],
            FixRun.All.Where(static type => ((CodeFixProvider)Activator.CreateInstance(type)!).GetFixAllProvider() is null).OrderBy(static t => t.Name, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(typeof(ShowParameterFix), "[UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a, string {|AISDK0107:b|}, string {|AISDK0107:c|});", "[UserPrompt(\"{{a}} {{b}} {{c}}\")] Task<string> AskAsync(string a, string b, string c);", 2)]
    [InlineData(typeof(RemoveAttributeFix), "[UserPrompt(\"{{a}}\"), {|AISDK0010:Reask|}, {|AISDK0010:AllowLoss|}] Task<string> AskAsync(string a);", "[UserPrompt(\"{{a}}\")] Task<string> AskAsync(string a);", 2)]
    public Task Fix_all_mends_several_in_one_function(Type fix, string before, string after, int occurrences) =>
        FixAllRun.CheckAsync(fix, $"[AiFunctions] public interface IDesk {{ {before} }}", $"[AiFunctions] public interface IDesk {{ {after} }}", occurrences);

    /// <summary>Of each function the first value that changes is reported, so that each run mends one of each.</summary>
    [Fact]
    public Task Fix_all_moves_one_value_of_each_function_and_again_the_next()
    {
        string Functions(string prompt) => string.Join('\n', Enumerable.Range(0, 3).Select(i =>
            $"    [SystemPrompt({Q}\n{prompt}        {Q})]\n    [UserPrompt(\"{{{{a}}}}\")]\n    Task<string> Ask{i}Async(string a, DateTime now, int count);"));
        string Declaration(string prompt) => $"[AiFunctions] public interface IDesk\n{{\n{Functions(prompt)}\n}}";

        return FixAllRun.CheckAsync(
            typeof(MoveLineToEndFix),
            Declaration($"        {{{{now}}}}\n        Be kind.\n        {{{{count}}}}\n        {Long}\n"),
            Declaration($"        Be kind.\n        {Long}\n        {{{{now}}}}\n        {{{{count}}}}\n"),
            occurrences: 3,
            runs: 2);
    }

    /// <summary>Where the long text is another prompt's, no order of values among themselves helps.</summary>
    [Fact]
    public Task A_value_does_not_change_places_with_another()
    {
        string source = $"[AiFunctions] public interface IDesk\n{{\n    [SystemPrompt({Q}\n        Be kind.\n        {{|AISDK0110:{{{{now}}}}|}}\n\n        {{{{count}}}}\n        {Q})]\n    [UserPrompt(\"{Long} {{{{a}}}}\")]\n    Task<string> AskAsync(string a, DateTime now, int count);\n}}";
        return FixRun.CheckAsync(typeof(MoveLineToEndFix), source, source);
    }

    [Theory]
    [InlineData(typeof(DoubleBracesFix), "AISDK0108", "public static class Rules { public const string Text = \"x\"; } [AiFunctions] public interface IDesk { [UserPrompt($$\"\"\"Dear {name}, {{Rules.Text}}\"\"\")] Task<string> AskAsync(string name); }")]
    [InlineData(typeof(AddDiscriminatorsFix), "AISDK0203", "public static class A { public record Card(int X) : Way; } public static class B { public record Card(int X) : Way; } [System.Text.Json.Serialization.JsonDerivedType(typeof(A.Card))] [System.Text.Json.Serialization.JsonDerivedType(typeof(B.Card))] public abstract record Way; [AiFunctions] public interface IDesk { [UserPrompt(\"x\")] Task<Way> AskAsync(); }")]
    [InlineData(typeof(ShowParameterFix), "AISDK0107", "[AiFunctions] public interface IDesk { [Prompt(\"a.prompt\")] Task<string> AskAsync(string name); }")]
    public async Task What_would_not_help_is_not_offered(Type fix, string id, string code)
    {
        Project project = ProjectWithFiles.Project(code, ("a.prompt", "Hello."));
        Diagnostic diagnostic = Assert.Single(await ProjectWithFiles.DiagnosticsAsync(project), d => d.Id == id);
        List<CodeAction> actions = [];

        await ((CodeFixProvider)Activator.CreateInstance(fix)!).RegisterCodeFixesAsync(
            new CodeFixContext(project.GetDocument(diagnostic.Location.SourceTree)!, diagnostic, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));

        Assert.Empty(actions);
    }

    private static string Hundred(string code)
    {
        const string Using = "using System.Text.Json.Serialization;\n";
        bool hasUsing = code.StartsWith(Using, StringComparison.Ordinal);
        string body = hasUsing ? code[Using.Length..] : code;
        return (hasUsing ? Using : "") + string.Join("\n", Enumerable.Range(0, 100).Select(i => body.Replace("#", $"{i}", StringComparison.Ordinal)));
    }
}
