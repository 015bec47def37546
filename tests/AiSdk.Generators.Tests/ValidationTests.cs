using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>The checks that annotations become: compiled, run through the descriptor, and their errors read.</summary>
public sealed class ValidationTests
{
    private const string Usings = "using System.Text.Json.Serialization; using System.ComponentModel; using System.ComponentModel.DataAnnotations; using System.Collections.Immutable; using System.Numerics; namespace Demo;\n";

    /// <summary>Reads replies and checks what each gives: a line for each error, <c>path|rule|value|message</c>.</summary>
    private static async Task<string[][]> CheckAsync(string type, string declarations, params string[] replies)
    {
        LiveCall call = await Live.CallAsync(
            $"{Usings}[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] Task<{type}> AskAsync(); }}\n{declarations}",
            $$"""
            List<string[]> all = [];
            string[] replies = [{{string.Join(", ", replies.Select(static r => SymbolDisplay.FormatLiteral(r, quote: true)))}}];
            for (int i = 0; i < {{replies.Length}}; i++)
            {
                var value = await new Desk(client).AskAsync();
                var validator = new AiSdk.CompilerServices.OutputValidator();
                if (Desk.AskAsyncInfo.Validator is not { } validate)
                    throw new InvalidOperationException("no validator");
                validate(value, validator);
                IReadOnlyList<OutputError> errors = validator.Errors;
                // What keeps the rules has the shape that the model is told.
                if (errors.Count == 0 && Desk.AskAsyncInfo.Output is { IsWrapped: false } output)
                    errors = StructuredOutput.Validate(replies[i], output.Shape);
                all.Add(errors.Select(e => $"{e.Path}|{e.Rule}|{e.Value}|{e.Message}").ToArray());
            }
            return all.ToArray();
            """,
            replies);
        return (string[][])call.Value!;
    }

    [Theory]
    [InlineData("Range(1, 5)", "int", "1", "5", "0", "6")]
    [InlineData("Range(1, 5)", "int?", "null", "5", "0", "6")]
    [InlineData("Range(1, 5, MinimumIsExclusive = true, MaximumIsExclusive = true)", "int", "2", "4", "1", "5")]
    [InlineData("Range(0.5, 2.5)", "int", "1", "2", "0", "3")]
    [InlineData("Range(-2.5, -0.5)", "int", "-2", "-1", "-3", "0")]
    [InlineData("Range(0, 255)", "sbyte", "0", "127", "-1", "-128")]
    [InlineData("Range(-5, 5)", "ulong", "0", "5", "6", "18446744073709551615")]
    [InlineData("Range(1, int.MaxValue)", "int", "1", "2147483647", "0", "-2147483648")]
    [InlineData("Range(1, int.MaxValue)", "long", "1", "2147483647", "0", "2147483648")]
    [InlineData("Range(-1, 5)", "nint", "-1", "5", "-2", "6")]
    [InlineData("Range(1, 5)", "nuint", "1", "5", "0", "6")]
    [InlineData("Range(1, 5)", "Int128", "1", "5", "0", "6")]
    [InlineData("Range(1, 5)", "UInt128", "1", "5", "0", "6")]
    [InlineData("Range(1, 5)", "BigInteger", "1", "5", "0", "99999999999999999999999999")]
    [InlineData("Range(typeof(BigInteger), \"10000000000000000000000\", \"10000000000000000000001\")", "BigInteger", "10000000000000000000000", "10000000000000000000001", "9999999999999999999999", "10000000000000000000002")]
    [InlineData("Range(0, 1E300)", "BigInteger", "0", "1", "-1", "-2")]
    [InlineData("Range(0.1, 0.3)", "decimal", "0.1", "0.3", "0.0999999999999999999999999999", "0.3000000000000000000000000001")]
    [InlineData("Range(typeof(decimal), \"0.01\", \"1,000.5\")", "decimal", "0.01", "1000.5", "0.009", "1000.51")]
    [InlineData("Range(0, double.MaxValue)", "decimal", "0", "1e28", "-0.1", "-1")]
    [InlineData("Range(0.1, 0.3)", "double", "0.1", "0.3", "0.09999", "0.30000001")]
    [InlineData("Range(0.1, 0.3)", "float", "0.1", "0.3", "0.09", "0.31")]
    [InlineData("Range(0.5, 1.5)", "Half", "0.5", "1.5", "0.4", "1.6")]
    [InlineData("Range(typeof(DateOnly), \"2020-01-31\", \"2030-12-31\")", "DateOnly", "\"2020-01-31\"", "\"2030-12-31\"", "\"2020-01-30\"", "\"2031-01-01\"")]
    [InlineData("Range(typeof(TimeOnly), \"08:00\", \"17:30\")", "TimeOnly?", "\"08:00\"", "null", "\"07:59\"", "\"17:31\"")]
    [InlineData("Range(typeof(TimeSpan), \"00:10\", \"1.00:00\")", "TimeSpan", "\"00:10:00\"", "\"1.00:00:00\"", "\"00:09:59\"", "\"1.00:00:01\"")]
    [InlineData("Range(typeof(DateTime), \"2020-01-01T00:00:00Z\", \"2021-01-01T00:00:00Z\")", "DateTime", "\"2020-01-01T02:00:00+02:00\"", "\"2021-01-01T00:00:00Z\"", "\"2020-01-01T01:59:59+02:00\"", "\"2021-01-01T00:00:01Z\"")]
    [InlineData("Range(typeof(DateTimeOffset), \"2020-01-01T00:00:00Z\", \"2021-01-01T00:00:00Z\")", "DateTimeOffset", "\"2020-01-01T02:00:00+02:00\"", "\"2021-01-01T00:00:00Z\"", "\"2020-01-01T01:59:59+02:00\"", "\"2021-01-01T00:00:01Z\"")]
    [InlineData("Range(1, 2)", "DayOfWeek", "\"Monday\"", "\"Tuesday\"", "\"Sunday\"", "\"Friday\"")]
    [InlineData("StringLength(4, MinimumLength = 2)", "string", "\"ab\"", "\"😀😀😀😀\"", "\"😀\"", "\"abcde\"")]
    [InlineData("MinLength(2), MaxLength(3)", "int[]", "[1,2]", "[1,2,3]", "[1]", "[1,2,3,4]")]
    [InlineData("Length(1, 2)", "IEnumerable<string>", "[\"a\"]", "[\"a\",\"b\"]", "[]", "[\"a\",\"b\",\"c\"]")]
    [InlineData("Length(1, 2)", "ImmutableArray<int>", "[1]", "[1,2]", "[]", "[1,2,3]")]
    [InlineData("Length(1, 2)", "Dictionary<string, int>?", "{\"a\":1}", "null", "{}", "{\"a\":1,\"b\":1,\"c\":1}")]
    [InlineData("RegularExpression(\"a|ab+\")", "string", "\"a\"", "\"\"", "\"ab\"", "\"xa\"")]
    [InlineData("RegularExpression(@\"(?<!x)\\d{5}\")", "string?", "\"12345\"", "null", "\"1234\"", "\"12345\\n\"")]
    [InlineData("RegularExpression(\"[0-9]{5}\")", "int", "12345", "54321", "123", "123456")]
    [InlineData("AllowedValues(\"eur\", \"usd\")", "string", "\"eur\"", "\"usd\"", "\"EUR\"", "\"\"")]
    [InlineData("AllowedValues(1, 2.0, 300)", "byte", "1", "2", "3", "0")]
    [InlineData("AllowedValues(0.1, 1)", "decimal?", "0.1", "null", "0.11", "2")]
    [InlineData("AllowedValues('a', \"b\")", "char", "\"a\"", "\"b\"", "\"c\"", "\"A\"")]
    [InlineData("AllowedValues(DayOfWeek.Monday, DayOfWeek.Friday)", "DayOfWeek", "\"Monday\"", "\"Friday\"", "\"Sunday\"", "\"Tuesday\"")]
    [InlineData("AllowedValues(\"6b29fc40-ca47-1067-b31d-00dd010662da\")", "Guid", "\"6b29fc40-ca47-1067-b31d-00dd010662da\"", "\"6b29fc40-ca47-1067-b31d-00dd010662da\"", "\"7b29fc40-ca47-1067-b31d-00dd010662da\"", "\"8b29fc40-ca47-1067-b31d-00dd010662da\"")]
    [InlineData("DeniedValues(\"x\", null)", "string?", "\"y\"", "\"\"", "\"x\"", "null")]
    [InlineData("DeniedValues(true)", "bool", "false", "false", "true", "true")]
    [InlineData("EmailAddress", "string", "\"a@b\"", "\"a.b@c.de\"", "\"a@b@c\"", "\"@b\"")]
    [InlineData("Url", "string", "\"https://a\"", "\"FTP://a\"", "\"a.de\"", "\"file:///a\"")]
    [InlineData("Url", "Uri", "\"https://a\"", "\"ftp://a\"", "\"a/b\"", "\"file:///a\"")]
    [InlineData("Phone", "string", "\"+49 421 218 0\"", "\"(0421) 1-2\"", "\"abc\"", "\"\"")]
    [InlineData("CreditCard", "string?", "\"4111 1111 1111 1111\"", "null", "\"4111 1111 1111 1112\"", "\"x\"")]
    [InlineData("Base64String", "string", "\"aGk=\"", "\"\"", "\"aGk\"", "\"ä\"")]
    [InlineData("Required", "string", "\"a\"", "\" a \"", "\"\"", "\" \"")]
    [InlineData("Required(AllowEmptyStrings = true), StringLength(3)", "string", "\"\"", "\" \"", "\"abcd\"", "\"    \"")]
    [InlineData("EnumDataType(typeof(DayOfWeek))", "string", "\"Monday\"", "\"Friday\"", "\"monday\"", "\"1\"")]
    [InlineData("EnumDataType(typeof(DayOfWeek))", "int", "0", "6", "7", "-1")]
    [InlineData("FileExtensions(Extensions = \"png,jpg\")", "string", "\"a.png\"", "\"a.JPG\"", "\"a.gif\"", "\"a\"")]
    [InlineData("CustomValidation(typeof(Checks), \"Even\")", "int", "2", "0", "1", "3")]
    [InlineData("Even", "int?", "2", "null", "1", "3")]
    [InlineData("Checks.Nested<int>(1, (short)2, Names = new[] { \"a\", null! }, Type = typeof(List<>), Day = DayOfWeek.Friday)", "int", "2", "0", "1", "3")]
    public async Task A_rule_holds_for_the_first_two_and_not_for_the_others(string annotations, string type, params string[] values)
    {
        const string Declarations = """
            public static class Checks
            {
                public static ValidationResult? Even(int value) => value % 2 == 0 ? ValidationResult.Success : new ValidationResult("odd");
                internal sealed class NestedAttribute<T>(T one, object two, string? none = null) : ValidationAttribute
                {
                    public string[] Names { get; set; } = [];
                    public Type? Type { get; set; }
                    public DayOfWeek Day { get; set; }
                    public override bool IsValid(object? value) =>
                        one is 1 && two is short && none is null && Names.Length == 2 && Type == typeof(List<>) && Day == DayOfWeek.Friday ? value is int and (0 or 2) : throw new InvalidOperationException();
                }
            }
            public sealed class EvenAttribute : ValidationAttribute { public override bool IsValid(object? value) => value is null || (int)value % 2 == 0; }
            """;
        string[][] errors = await CheckAsync(
            "Box", $"public sealed record Box([property: {annotations}] {type} V);\n{Declarations}", [.. values.Select(static v => $"{{\"v\":{v}}}")]);
        for (int i = 0; i < values.Length; i++)
            Assert.True(errors[i].Length == (i < 2 ? 0 : 1), $"{values[i]}: {string.Join("; ", errors[i])}");
    }

    [Theory]
    [InlineData("int")]
    [InlineData("Plain")]
    [InlineData("List<Plain?>")]
    public async Task A_type_without_rules_has_no_validator_and_no_code(string type)
    {
        LiveCall call = await Live.CallAsync(
            $"{Usings}[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] Task<{type}> AskAsync(); }} public record Plain([MaxLength] string A, [Range(-1, 300)] byte B, [DataType(DataType.Date)] string? C, [Required] Plain? D);",
            "return Desk.AskAsyncInfo.Validator is null;");
        Assert.Equal(true, call.Value);
        Assert.DoesNotContain("Validat", call.Code.Single, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_annotation_on_any_type_compiles_without_a_warning()
    {
        string[] annotations =
        [
            "Range(-5, 300)", "Range(0.25, 1E300)", "Range(0, 0, MinimumIsExclusive = true)", "Range(typeof(decimal), \"-1,000.5\", \"1e3\")", "Range(typeof(DateTime), \"2020-01-01\", \"2021-12-31T23:59:59+01:00\")",
            "Range(typeof(TimeSpan), \"1\", \"none\")", "Range(double.NegativeInfinity, double.NaN)", "Range(1E30, 1E40)", "StringLength(5)", "MinLength(1)", "MaxLength(3, ErrorMessage = \"{0} {1} {2}\")", "MaxLength", "Length(1, 2)",
            "RegularExpression(\"[\\\"\", MatchTimeoutInMilliseconds = -1)", "AllowedValues", "AllowedValues(null!)", "AllowedValues(1, -1, 300, 'a', \"a\", \"2020-01-01\", 0.5, 1e300, true, DayOfWeek.Monday, typeof(int))",
            "DeniedValues(null!)", "DeniedValues(0, -1L, 'a', \"a\", 0.1f, false, DayOfWeek.Sunday, null)", "EmailAddress", "Url", "Phone", "CreditCard", "Base64String", "Required(ErrorMessage = \"{\")", "Required(AllowEmptyStrings = true)",
            "Compare(\"P0\")", "Compare(\"Missing\")", "EnumDataType(typeof(DayOfWeek))", "EnumDataType(typeof(Big))", "DataType(DataType.Date)", "FileExtensions", "Any",
        ];
        string[] types =
        [
            "string", "string?", "char", "bool?", "sbyte", "byte", "short", "ushort", "int", "int?", "uint", "long", "ulong", "nint", "nuint", "Int128", "UInt128", "BigInteger?", "float", "double", "decimal", "Half?",
            "DateOnly", "DateTime", "DateTimeOffset?", "TimeOnly", "TimeSpan", "Guid", "Uri", "DayOfWeek", "Big?", "int[]", "List<string>?", "IEnumerable<int>", "ImmutableArray<int>", "Dictionary<string, int>", "Part", "Value?",
        ];
        int number = 0;
        string properties = string.Concat(annotations.SelectMany(_ => types, (annotation, type) => $"[{annotation}] public required {type} P{number++} {{ get; set; }}\n"));
        GeneratedCode code = GeneratorHarness.Run(
            $"{Usings}[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] Task<All> AskAsync(); }} public class All {{ {properties} }} public enum Big : ulong {{ One = 1, Most = ulong.MaxValue }}\n"
            + "public record Part(int N); public record struct Value(int N); public sealed class AnyAttribute : ValidationAttribute;");
        Assert.DoesNotContain("could not be compiled", code.Single, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_failures_come_at_once_with_path_rule_value_and_message()
    {
        string[][] errors = await CheckAsync(
            "Order",
            """
            public record Order([property: Range(1, 999)] int Id, [StringLength(5, MinimumLength = 2)] string Code, [property: Length(1, 2)] List<Item?> Items, Dictionary<string, Item> Extras, Shape? Shape, Item[][] Grid)
                : Base;
            public abstract record Base { [RegularExpression("[A-Z]+", ErrorMessage = "{0} must match {1}."), Display(Name = "Tag")] public virtual string Tag { get; init; } = ""; }
            public class Item { [JsonPropertyName("unit price"), Range(0, 10, MinimumIsExclusive = true)] public decimal? Price { get; set; } public Item? Inner { get; set; } }
            public abstract record Shape { public record Circle([property: Range(0.5, double.MaxValue)] double Radius) : Shape; public record Dot(string? Note) : Shape; }
            """,
            """{"id":0,"code":"abcdef","items":[{"unit price":0},null,{"inner":{"unit price":10.5}}],"extras":{"a b":{"unit price":-1},"c":{}},"shape":{"type":"Circle","radius":0.25},"grid":[[],[{"unit price":11}]],"tag":"x"}""",
            """{"id":1,"code":"ab","items":[{}],"extras":{},"shape":{"type":"Dot"},"grid":[],"tag":"X"}""");
        Assert.Equal(
            [
                "$.id|[Range(1, 999)]|0|0 is not from 1 to 999",
                "$.code|[StringLength(5, MinimumLength = 2)]|\"abcdef\"|\"abcdef\" has 6 characters, where 2 to 5 are allowed",
                "$.items|[Length(1, 2)]|[{…}, null, {…}]|[{…}, null, {…}] has 3 items, where 1 to 2 are allowed",
                "$.items[0]['unit price']|[Range(0, 10, MinimumIsExclusive = true)]|0|0 is not more than 0 and at most 10",
                "$.items[2].inner['unit price']|[Range(0, 10, MinimumIsExclusive = true)]|10.5|10.5 is not more than 0 and at most 10",
                "$.extras['a b']['unit price']|[Range(0, 10, MinimumIsExclusive = true)]|-1|-1 is not more than 0 and at most 10",
                "$.shape.radius|[Range(0.5, 1.7976931348623157E+308)]|0.25|0.25 is not at least 0.5",
                "$.grid[1][0]['unit price']|[Range(0, 10, MinimumIsExclusive = true)]|11|11 is not more than 0 and at most 10",
                "$.tag|[RegularExpression(\"[A-Z]+\", ErrorMessage = \"{0} must match {1}.\")]|\"x\"|Tag must match [A-Z]+.",
            ],
            errors[0].OrderBy(static e => e.StartsWith("$.tag", StringComparison.Ordinal)));
        Assert.Empty(errors[1]);
    }

    [Fact]
    public async Task Objects_check_themselves_when_their_parts_hold()
    {
        string[][] errors = await CheckAsync(
            "Span",
            """
            [Ordered, Throws]
            public sealed record Span([property: Range(0, 9)] int From, [property: JsonPropertyName("until"), Compare("From")] int To) : IValidatableObject
            {
                public IEnumerable<ValidationResult> Validate(ValidationContext context)
                {
                    yield return ValidationResult.Success!;
                    if (From == 3)
                        yield return new ValidationResult("three is odd", [nameof(To), nameof(From), "Missing"]);
                    if (From == 4)
                        yield return new ValidationResult(null);
                    if (From == 5)
                        throw new InvalidOperationException("five");
                }
            }
            public sealed class OrderedAttribute : ValidationAttribute
            {
                protected override ValidationResult? IsValid(object? value, ValidationContext context) =>
                    value is Span { From: 2 } ? new ValidationResult($"{context.DisplayName} is two", ["To"]) : null;
            }
            public sealed class ThrowsAttribute : ValidationAttribute { public override bool IsValid(object? value) => value is Span { From: 6 } ? throw new FormatException("six") : true; }
            """,
            [.. new[] { "1,1", "10,10", "1,2", "2,2", "3,3", "4,4", "5,5", "6,6" }.Select(static r => $"{{\"from\":{r.Split(',')[0]},\"until\":{r.Split(',')[1]}}}")]);
        Assert.Equal(
            [
                [],
                ["$.from|[Range(0, 9)]|10|10 is not from 0 to 9"],
                ["$.until|[Compare(\"From\")]|2|2 is not the same as from"],
                ["$.until|[Ordered]|{…}|Span is two"],
                ["$.until|IValidatableObject|{…}|three is odd", "$.from|IValidatableObject|{…}|three is odd"],
                ["$|IValidatableObject|{…}|{…} is not valid"],
                ["$|IValidatableObject|{…}|{…} could not be checked: InvalidOperationException: five"],
                ["$|[Throws]|{…}|{…} could not be checked: FormatException: six"],
            ],
            errors);
    }

    [Fact]
    public async Task An_annotation_sees_its_object_and_names()
    {
        string[][] errors = await CheckAsync(
            "Box",
            """
            public sealed record Box([property: Seen, Display(Name = "the second")] string? B, int A);
            public sealed class SeenAttribute : ValidationAttribute
            {
                protected override ValidationResult? IsValid(object? value, ValidationContext context) =>
                    new($"{context.MemberName}, {context.DisplayName}, {((Box)context.ObjectInstance).A}, {value ?? "null"}");
            }
            """,
            """{"b":null,"a":7}""");
        Assert.Equal(["$.b|[Seen]|null|B, the second, 7, null"], errors[0]);
    }

    [Theory]
    [InlineData("Node?", "{\"value\":{\"n\":0,\"next\":{\"n\":0,\"next\":null}}}", "$.n", "$.next.n")]
    [InlineData("Node?", "null")]
    [InlineData("Point?", "{\"value\":{\"x\":-1}}", "$.x")]
    [InlineData("Point?", "null")]
    [InlineData("Point?[]", "[null,{\"x\":-1}]", "$[1].x")]
    [InlineData("Dictionary<string, Node>[]", "[{\"\":{\"n\":0}}]", "$[0][''].n")]
    [InlineData("ImmutableArray<Point>", "[{\"x\":0},{\"x\":-1}]", "$[1].x")]
    [InlineData("Left", "{}")]
    [InlineData("IThing", "{\"value\":{\"$type\":\"b\",\"n\":0,\"m\":0}}", "$.n", "$.m")]
    public async Task Errors_have_paths_from_the_root(string type, string reply, params string[] paths)
    {
        string[][] errors = await CheckAsync(
            type,
            """
            public sealed record Node([property: Range(1, 9)] int N, Node? Next);
            public readonly record struct Point([property: Range(0, 9)] int X);
            public sealed record Left(ImmutableArray<Point> Points = default, [MinLength(0)] ImmutableArray<Point> More = default, Node? Next = null);
            [JsonDerivedType(typeof(A), "a"), JsonDerivedType(typeof(B), "b")] public interface IThing;
            public record A([property: Range(1, 9)] int N) : IThing;
            public record B([property: Range(1, 9)] int M, int N) : A(N);
            """,
            reply);
        Assert.Equal(paths.Order(StringComparer.Ordinal), errors[0].Select(static e => e.Split('|')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_rule_that_cannot_be_reached_is_said()
    {
        string text = GeneratorHarness.Run(
            $"{Usings}[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] Task<Outer.Box> AskAsync(); }} public class Outer {{ public record Box([property: Mine] int V); private sealed class MineAttribute : ValidationAttribute; }}").Single;
        Assert.Contains("[Mine] is not accessible", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_contains_itself_ends()
    {
        string[][] errors = await CheckAsync(
            "Loop", "public sealed class Loop { [Range(1, 9)] public int N { get; set; } public Loop? Self { get; set; } public Loop() => Self = this; }", """{"n":0}""");
        Assert.Equal("nested deeper than 64 levels", errors[0][^1].Split('|')[3]);
    }
}
