using System.Collections.Immutable;
using AiSdk.Analyzers.Locations;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Methods with <c>[AiTool]</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ToolsAnalyzer : DiagnosticAnalyzer
{
    // A first word that means an effect wherever it is used; others, such as Set or Post, are too often nouns.
    private static readonly HashSet<string> _writing = new(StringComparer.Ordinal)
    {
        "Add", "Append", "Apply", "Approve", "Assign", "Book", "Buy", "Cancel", "Change", "Charge", "Create", "Disable", "Enable", "Grant", "Insert", "Modify", "Move", "Order", "Pay", "Publish", "Refund", "Rename",
        "Reserve", "Reset", "Revoke", "Save", "Schedule", "Send", "Submit", "Transfer", "Update", "Upload", "Upsert", "Write",
    };

    private static readonly HashSet<string> _destroying = new(StringComparer.Ordinal) { "Delete", "Destroy", "Drop", "Erase", "Overwrite", "Purge", "Remove", "Terminate", "Wipe" };

    // Add(a, b) and Move(x, y) compute where all they take and give are numbers.
    private static readonly HashSet<string> _alsoArithmetic = new(StringComparer.Ordinal) { "Add", "Move", "Change", "Append" };

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.LetTheToolBeCalled,
        DiagnosticDescriptors.TakeArgumentsThatAModelCanWrite,
        DiagnosticDescriptors.DescribeTheTool,
        DiagnosticDescriptors.DescribeTheArguments,
        DiagnosticDescriptors.TellTheToolsApart,
        DiagnosticDescriptors.StateTheEffect,
        DiagnosticDescriptors.GiveWhatAModelCanBeShown,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(Generators.AttributeNames.AiTool) is not null)
                start.RegisterSymbolAction(static symbol => Analyze(symbol, (INamedTypeSymbol)symbol.Symbol), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        List<IMethodSymbol> methods = [.. ToolsParser.Methods(type)];
        if (methods.Count == 0)
            return;
        ParseResult<ToolsModel> parsed = InvariantCulture.Run(() => ToolsParser.Parse(type, context.Compilation, context.CancellationToken));
        foreach (Problem problem in parsed.Problems)
            Report(context, DiagnosticDescriptors.Of(problem.Kind), problem.Site, problem.Message);
        if (parsed.Model.Failure is not null)
            return;
        Documentation documentation = new(context.Compilation, context.CancellationToken);
        foreach (IMethodSymbol method in methods)
        {
            if (documentation.Of(method) is null)
                Report(context, DiagnosticDescriptors.DescribeTheTool, new(method), method.Name);
            CheckArguments(context, parsed.Model, method);
            CheckEffect(context, method);
        }
    }

    private static void CheckArguments(SymbolAnalysisContext context, ToolsModel model, IMethodSymbol method)
    {
        if (model.Tools.FirstOrDefault(tool => tool.Method.TrimStart('@') == method.Name) is not { } tool || model.InputTypes[tool.Arguments].Properties is not { Count: > 0 } arguments
            || arguments.All(static a => a.Description is null))
            return;
        foreach (PropertyModel argument in arguments.Where(static a => a.Description is null))
        {
            if (method.Parameters.FirstOrDefault(p => p.Name == argument.Name.TrimStart('@')) is { } parameter)
                Report(context, DiagnosticDescriptors.DescribeTheArguments, new(parameter), parameter.Name);
        }
    }

    private static void CheckEffect(SymbolAnalysisContext context, IMethodSymbol method)
    {
        if (method.Attribute("AiSdk", "AiToolAttribute")!.NamedArguments.Any(static a => a.Key == "Effect"))
            return;
        string verb = FirstWord(method.Name);
        bool isDestroying = _destroying.Contains(verb);
        if (!isDestroying && !_writing.Contains(verb))
            return;
        if (_alsoArithmetic.Contains(verb) && Scalars.IsNumber(method.ReturnType.Underlying(out _)) && method.Parameters.All(static p => Scalars.IsNumber(p.Type.Underlying(out _))))
            return;
        string effect = isDestroying ? "Destructive" : "Write";
        context.ReportDiagnostic(Diagnostic.Create(
            DiagnosticDescriptors.StateTheEffect, method.Locations[0], ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Name, effect), method.Name, effect));
    }

    private static string FirstWord(string name)
    {
        int end = 1;
        while (end < name.Length && !char.IsUpper(name[end]) && name[end] != '_')
            end++;
        return name.Substring(0, Math.Min(end, name.Length));
    }

    private static void Report(SymbolAnalysisContext context, DiagnosticDescriptor descriptor, ProblemSite site, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(descriptor, SiteLocations.Of(site, context.Compilation, context.CancellationToken) ?? context.Symbol.Locations[0], arguments));
}
