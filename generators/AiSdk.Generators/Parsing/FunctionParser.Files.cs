using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Prompts in files of their own.</summary>
internal sealed partial class FunctionParser
{
    /// <summary>Binds the file that <c>[Prompt]</c> names.</summary>
    /// <returns>The settings that its front matter makes.</returns>
    private IReadOnlyList<OptionModel> BindPromptFile(
        AttributeData attribute, PromptBinder binder, List<PromptModel> prompts, HashSet<string> usedByUser, TypeUse? output, bool isText, FunctionFacts facts)
    {
        ProblemSite at = new(facts.Method, SitePart.Text, attribute);
        if (attribute.Text() is not { Length: > 0 } path)
        {
            Fail(ProblemKind.MissingPrompt, "the prompt's file is not named", at with { Part = SitePart.Attribute });
            return [];
        }
        if (files.Find(path, out string? missing) is not { } file)
        {
            problems.Add(new Problem(ProblemKind.MissingPromptFile, missing!, at) { Name = files.CouldBeAdded(path) ? path : null });
            return [];
        }
        facts.Files.Add(file);
        PromptFile parsed = PromptFile.Parse(file.Text);
        foreach (PromptFileError error in parsed.Errors)
        {
            ProblemKind kind = error.Kind switch
            {
                PromptFileErrorKind.Syntax => ProblemKind.FrontMatterSyntax,
                PromptFileErrorKind.UnknownKey => ProblemKind.UnknownFrontMatterKey,
                _ => ProblemKind.InvalidFrontMatterValue,
            };
            problems.Add(new Problem(kind, error.Message, InFile(at, file, error.Position, error.Length)) { IsHarmless = kind == ProblemKind.UnknownFrontMatterKey });
        }
        foreach (HeaderProblem problem in new HeaderChecker(facts.Parameters, outputTypes, argumentTypes).Check(parsed.Header, output, isText))
            problems.Add(new Problem(problem.Kind, problem.Message, InFile(at, file, problem.Position, problem.Length)) { IsHarmless = problem.Kind == ProblemKind.UnusedDefault });

        int before = prompts.Count;
        prompts.AddRange(binder.BindFile(file, parsed, InFile(at, file, parsed.TemplatePosition, 0), out IReadOnlyList<PromptFacts> messages, out IReadOnlyList<TemplateProblem> wrong, out IReadOnlyCollection<string> used));
        facts.Prompts.AddRange(messages);
        foreach (TemplateProblem problem in wrong)
            problems.Add(Problem(problem, at));
        if (prompts.Count == before && wrong.Count == 0 && parsed.Errors.Count == 0)
            problems.Add(new Problem(ProblemKind.EmptyPromptFile, $"'{path}' has no prompt: below the front matter there is nothing that is sent", InFile(at, file, Math.Max(0, file.Text.Length - 1), 0)));
        usedByUser.UnionWith(used);
        return [.. parsed.Header.Settings.Select(Option)];
    }

    private static Problem Problem(TemplateProblem problem, ProblemSite at) =>
        new(problem.Kind, problem.Message, problem.File is { } file ? InFile(at, file, problem.Position, problem.Length) : at with { Start = problem.Position, Length = problem.Length })
        {
            Name = problem.Name,
            Candidates = problem.Candidates,
            Replacement = problem.Replacement,
        };

    private static ProblemSite InFile(ProblemSite site, AdditionalFile file, int position, int length) => site with { File = new FileSite(file, position, length) };

    private static OptionModel Option(PromptSetting setting)
    {
        string text = setting.Value.Text;
        switch (setting.Property)
        {
            case "ModelId":
                return new OptionModel(setting.Property, CSharp.Literal(text), Json.Quote(text));
            case "StopSequences":
                return new OptionModel(setting.Property, $"[{string.Join(", ", setting.Texts.Select(CSharp.Literal))}]", $"[{string.Join(", ", setting.Texts.Select(Json.Quote))}]");
            case "Seed":
                return new OptionModel(setting.Property, text.TrimStart('+') + "L", text.TrimStart('+'));
            case "TopK" or "MaxOutputTokens":
                return new OptionModel(setting.Property, text.TrimStart('+'), text.TrimStart('+'));
            default:
                string number = ((float)double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture);
                return new OptionModel(setting.Property, number + "F", number);
        }
    }
}
