using System.Text;

namespace AiSdk.Benchmarks;

/// <summary>As much source as asked for: interfaces of ten methods in a file each, every method with a type of its own.</summary>
internal static class GeneratedSources
{
    private const int PerFile = 10;

    public static IEnumerable<(string Name, string Text)> AiFunctions(int functions) => Files(functions, static (text, file, numbers) =>
    {
        text.AppendLine("using System.Threading; using System.Threading.Tasks; using System.Collections.Generic; using AiSdk;");
        Records(text, file, numbers);
        text.AppendLine($"[AiFunctions] public interface IService{file} {{");
        foreach (int i in numbers)
        {
            string edit = i == 0 ? "EDIT0" : "";
            text.AppendLine($"    [SystemPrompt(\"You extract results for {{{{tenant}}}}. {edit}\")]");
            text.AppendLine($"    [UserPrompt(\"Read this:\\n{{{{text}}}}\\nand these:\\n{{{{#each lines}}}}- {{{{this}}}}\\n{{{{/each}}}}\")]");
            text.AppendLine($"    Task<Result{i}> Extract{i}Async(string text, IReadOnlyList<string> lines, [Trusted] string tenant, CancellationToken cancellationToken = default);");
        }
        text.AppendLine("}");
    });

    /// <summary>Functions whose prompts stand in files, each with the same partial.</summary>
    public static (string Source, IReadOnlyList<(string Name, string Text)> Files) AiFunctionsInFiles(int functions)
    {
        StringBuilder text = new("namespace Consumer.Files;\nusing System.Threading.Tasks; using AiSdk;\n[AiFunctions] public interface IFileService {\n");
        List<(string Name, string Text)> files = [("/project/_tone.prompt", "Be brief and exact.\n")];
        for (int i = 0; i < functions; i++)
        {
            text.AppendLine($"    [Prompt(\"read{i}.prompt\")] Task<string> Read{i}Async(string text, [Trusted] string tenant);");
            files.Add(($"/project/read{i}.prompt", $"---\nconfig:\n  temperature: 0\n---\n{{{{role \"system\"}}}}\nYou read letter {i} for {{{{tenant}}}}.\n{{{{> tone}}}}\n{{{{role \"user\"}}}}\n{{{{text}}}}\n"));
        }
        return (text.Append("}\n").ToString(), files);
    }

    public static IEnumerable<(string Name, string Text)> Refit(int methods) => Files(methods, static (text, file, numbers) =>
    {
        text.AppendLine("using System.Threading; using System.Threading.Tasks; using System.Collections.Generic; using Refit;");
        Records(text, file, numbers);
        text.AppendLine($"public interface IService{file} {{");
        foreach (int i in numbers)
        {
            text.AppendLine($"    [Post(\"/extract/{i}/{{tenant}}{(i == 0 ? "/EDIT0" : "")}\")]");
            text.AppendLine($"    Task<Result{i}> Extract{i}Async([Query] string text, [Query(CollectionFormat.Multi)] IReadOnlyList<string> lines, string tenant, CancellationToken cancellationToken = default);");
        }
        text.AppendLine("}");
    });

    public static IEnumerable<(string Name, string Text)> Json(int types) => Files(types, static (text, file, numbers) =>
    {
        text.AppendLine("using System.Text.Json.Serialization; using System.Collections.Generic;");
        Records(text, file, numbers);
        foreach (int i in numbers)
            text.AppendLine($"[JsonSerializable(typeof(Result{i}))]{(i == 0 ? " // EDIT0" : "")}");
        text.AppendLine($"public partial class Context{file} : JsonSerializerContext;");
    });

    private static IEnumerable<(string Name, string Text)> Files(int count, Action<StringBuilder, int, IEnumerable<int>> write)
    {
        for (int first = 0, file = 0; first < count; first += PerFile, file++)
        {
            StringBuilder text = new("namespace Consumer;\n");
            write(text, file, Enumerable.Range(first, Math.Min(PerFile, count - first)));
            yield return ($"File{file}.cs", text.ToString());
        }
    }

    private static void Records(StringBuilder text, int file, IEnumerable<int> numbers)
    {
        text.AppendLine($"public enum Level{file} {{ Low, Normal, High, Urgent }}");
        text.AppendLine($"public sealed record Party{file}(string Name, string City, int Orders);");
        foreach (int i in numbers)
            text.AppendLine($"/// <summary>Result {i}.</summary>\npublic sealed record Result{i}(string Subject, Level{file} Level, Party{file} Party, IReadOnlyList<string> Tags, decimal Amount, bool Refund);");
    }
}
