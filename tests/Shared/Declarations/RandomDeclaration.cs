using CsCheck;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Declarations;

/// <summary>Makes declarations that nobody thought of.</summary>
internal static class RandomDeclaration
{
    private static readonly string[] _scalars =
        ["string", "bool", "int", "long", "byte", "double", "decimal", "float", "char", "DateOnly", "TimeOnly", "DateTime", "DateTimeOffset", "TimeSpan", "Guid", "Uri", "Half", "Int128", "Mood", "Flags", "DayOfWeek"];

    private static Gen<string> Any(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static readonly string[] _composites = ["Person", "Order", "Node", "Shape", "Point", "Page<int>", "Page<Person?>", "Named"];

    /// <summary>What stands before the interface in each of them.</summary>
    public const string Types = """
        using System.Text.Json.Serialization; using System.ComponentModel.DataAnnotations; using System.Collections.Immutable;
        namespace Demo;
        public enum Mood { Calm, [JsonStringEnumMemberName("very angry")] Angry, @new }
        [Flags] public enum Flags : long { A = 1, B = 2 }
        public record Person(string Name, int? Age = 3);
        public class Order { public required int Id { get; init; } [Range(0, 9)] public decimal Total { get; set; } = 1; public Person? Buyer { get; init; } = new("x"); public List<string?> Tags { get; set; } = []; public Dictionary<string, Mood>? Moods { get; init; } }
        public record Node(string Name, Node? Next, Node[] Children);
        public abstract record Shape { public record Circle(double Radius) : Shape; public record Group(ImmutableArray<Shape> Shapes) : Shape; }
        public record struct Point(int X, int Y);
        public record Page<T>(IReadOnlyList<T> Items, int Number);
        public record Named([property: JsonPropertyName("the name")] string Name, Mood Mood = Mood.Angry) { public int @class { get; init; } = 1; }
        """;

    private static readonly Gen<string> _type = Gen.Recursive<string>(static (depth, inner) => depth > 2
        ? Any(_scalars)
        : Gen.Frequency(
            (4, Any(_scalars)),
            (4, Any(_composites)),
            (1, inner.Select(static t => t + "[]")),
            (1, inner.Select(static t => $"List<{t}>")),
            (1, inner.Select(static t => $"IReadOnlyList<{t}>")),
            (1, inner.Select(static t => $"ImmutableArray<{t}>")),
            (1, inner.Select(static t => $"Dictionary<string, {t}>")),
            (1, inner.Select(static t => t.EndsWith('?') ? t : t + "?"))));

    private static readonly Gen<string> _returns = Gen.Select(_type, Any("Task<{0}>", "ValueTask<{0}>", "Task<AiResult<{0}>>", "Task<string>", "IAsyncEnumerable<string>"), static (type, form) => form.Replace("{0}", type, StringComparison.Ordinal));

    private static readonly Gen<string> _text = Any("a", " ", "\n", "\r\n", "\"", "\\ ", "{ ", "} ", "ä\u2028", "\t", "\\{{", "\U0001F600", "{{! c }}", "  \n  ", "/*", "$\"");

    /// <summary>A template over the parameters a, b, c: any use that is allowed for any type.</summary>
    private static readonly Gen<string> _template = Gen.Recursive<string>(static (depth, inner) => depth > 3
        ? _text
        : Gen.Frequency(
            (4, _text),
            (3, Any("{{a}}", "{{b}}", "{{c}}", "{{~a~}}", "{{{b}}}", "{{json a}}", "{{json b indent=2}}", "{{@root.c}}")),
            (1, Gen.Select(inner, inner, static (x, y) => x + y)),
            (1, Gen.Select(Any("a?", "b?"), inner, inner, static (_, x, y) => $"{{{{#if flag}}}}{x}{{{{else}}}}{y}{{{{/if}}}}")),
            (1, inner.Select(static x => $"{{{{#unless text}}}}{x}{{{{/unless}}}}")),
            (1, Gen.Select(inner, inner, static (x, y) => $"{{{{#each list}}}}{x}{{{{this}}}}{{{{@index}}}}{{{{@last}}}}{{{{else}}}}{y}{{{{/each}}}}")),
            (1, inner.Select(static x => $"{{{{#each list as |item i|}}}}\n{x}{{{{item}}}}{{{{i}}}}\n{{{{/each}}}}\n"))));

    /// <summary>Every parameter once: one that no prompt shows is a mistake.</summary>
    private const string All = " {{a}} {{b}} {{c}} {{flag}} {{text}} {{#each list}}{{this}}{{/each}}";

    private static readonly Gen<string> _function = Gen.Select(_returns, _type, _type, _type, _type, Gen.Select(_template.Array[1, 4], _template, Gen.Bool), static (returns, a, b, c, item, prompt) =>
        $"{(prompt.Item3 ? "[SystemPrompt(\"s {{flag}}\")] " : "")}[UserPrompt({SymbolDisplay.FormatLiteral(string.Concat(prompt.Item1) + prompt.Item2 + All, quote: true)})] {returns} F#({a} a, {b} b, {c} c, bool flag, string? text, IReadOnlyList<{item}> list, CancellationToken cancellationToken = default);");

    /// <summary>Declarations that are right.</summary>
    public static readonly Gen<string> Valid = _function.Array[1, 4].Select(static functions =>
        $"{Types}\n[AiFunctions] public interface IDesk\n{{\n{string.Join("\n", functions.Select(static (f, i) => f.Replace("F#(", $"F{i}Async(", StringComparison.Ordinal)))}\n}}\n");

    /// <summary>Declarations whose prompts and examples stand in files, with a partial.</summary>
    public static readonly Gen<(string Source, TextFile[] Files)> ValidInFiles = Gen.Select(_type, _type, _type, _template, _template).Array[1, 3].Select(static functions =>
    {
        List<TextFile> files = [];
        System.Text.StringBuilder members = new();
        for (int i = 0; i < functions.Length; i++)
        {
            (string a, string b, string c, string template, string partial) = functions[i];
            files.Add(new TextFile($"/project/p{i}.prompt", $"---\nconfig:\n  temperature: 0\n---\n{{{{role \"system\"}}}}\ns {{{{flag}}}}\n{{{{role \"user\"}}}}\nu {template} {{{{> part{i} }}}}\n{All}"));
            files.Add(new TextFile($"/project/_part{i}.prompt", "p " + partial));
            files.Add(new TextFile($"/project/e{i}.jsonl", "{\"input\": \"a \\\"b\\\"\", \"output\": \"c\"}\r\n\n{\"input\": {\"text\": \"\\u00e4\"}, \"output\": \"\"}\n"));
            members.Append(System.Globalization.CultureInfo.InvariantCulture, $"[Prompt(\"p{i}.prompt\")] Task<string> F{i}Async({a} a, {b} b, {c} c, bool flag, string? text, IReadOnlyList<int> list);\n[UserPrompt(\"{{{{text}}}}\")] [Examples(\"e{i}.jsonl\")] Task<string> G{i}Async(string text);\n");
        }
        return ($"{Types}\n[AiFunctions] public interface IDesk\n{{\n{members}}}\n", files.ToArray());
    });

    private static readonly string[] _words =
        ["public", "interface", "?", "<", ">", "(", ")", "[", "]", "{", "}", ";", ",", "=", "null", "static", "abstract", "ref ", "object", "dynamic", "Task", "int", "T", "\"", "{{", "}}", "@", "record", "partial", "this", "[JsonIgnore]", "[Required]", "*", "required ", "Missing"];

    /// <summary>The same with up to four edits in it that nobody thought about.</summary>
    public static readonly Gen<string> Broken = Gen.Select(
        Valid, Gen.Select(Gen.Double[0, 1], Gen.Int[0, 12], Any(_words), Gen.Int[0, 2]).Array[1, 4],
        static (source, edits) =>
        {
            foreach ((double place, int length, string word, int kind) in edits)
            {
                int at = Math.Min((int)(place * source.Length), source.Length - 1);
                int end = Math.Min(at + length, source.Length);
                source = kind switch
                {
                    0 => source.Remove(at, end - at),
                    1 => source.Insert(at, word),
                    _ => source[..at] + word + source[end..],
                };
            }
            return source;
        });
}
