using System.Collections.Immutable;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Guards that cannot do what is expected of them, and parameters that want one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GuardAnalyzer : InterfaceAnalyzer
{
    // In lower case and without underscores, as part of a parameter's name.
    private static readonly string[] _sensitive =
    [
        "creditcard", "cardnumber", "iban", "ssn", "socialsecurity", "passportnumber", "taxid", "taxnumber", "password", "passphrase", "apikey", "secretkey", "accesstoken", "phonenumber", "emailaddress", "bankaccount", "accountnumber", "driverslicense", "dateofbirth",
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.LetTheStreamFlow,
        DiagnosticDescriptors.GuardTheSensitiveParameter,
        DiagnosticDescriptors.WriteTheStubOfTheGuard,
        DiagnosticDescriptors.CorrectTheGuard,
        DiagnosticDescriptors.PassWhatIsHiddenAsText,
    ];

    private protected override void Analyze(InterfaceContext context)
    {
        context.ReportProblems();
        foreach (FunctionFacts function in context.Functions)
        {
            List<AttributeData> guards = [.. GuardParser.Attributes(function.Method)];
            CheckStream(context, function, guards);
            CheckSensitive(context, function, guards);
            CheckHidden(context, function, guards);
        }
    }

    private static void CheckStream(InterfaceContext context, FunctionFacts function, List<AttributeData> guards)
    {
        if (function.Model is not { Failure: null, Returns: ReturnKind.TextStream or ReturnKind.ElementStream or ReturnKind.PartialStream })
            return;
        foreach (AttributeData guard in guards)
        {
            string? reason = guard switch
            {
                _ when GuardParser.IsStub(guard) => GuardParser.IsInputStub(guard) ? null : "a stub sees the reply once; implement IStreamingOutputGuard instead",
                _ when GuardParser.IsInput(guard) => null,
                _ when guard.Named("TimeoutMilliseconds") is > 0 => "one with a time limit could not give back what it held when it is given up",
                _ when guard.Named("OnFailure") is 1 => "one that may fail could not give back what it held",
                _ when !IsStreaming(guard.AttributeClass!.TypeArguments[0]) => "it does not implement IStreamingOutputGuard",
                _ => null,
            };
            if (reason is not null)
                context.Report(DiagnosticDescriptors.LetTheStreamFlow, new ProblemSite(function.Method, SitePart.Attribute, guard), GuardParser.IsStub(guard) ? "The stub" : guard.AttributeClass!.TypeArguments[0].Display(), reason);
        }
    }

    private static bool IsStreaming(ITypeSymbol type) => type.Is("AiSdk", "IStreamingOutputGuard") || type.AllInterfaces.Any(static i => i.Is("AiSdk", "IStreamingOutputGuard"));

    private static void CheckSensitive(InterfaceContext context, FunctionFacts function, List<AttributeData> guards)
    {
        if (guards.Any(static guard => GuardParser.IsInput(guard) || (GuardParser.IsStub(guard) && GuardParser.IsInputStub(guard))))
            return;
        foreach (ParameterInfo parameter in function.Parameters)
        {
            if (parameter.Kind != ParameterKind.Data || parameter.Symbol.Type.SpecialType != SpecialType.System_String || !function.Used.Contains(parameter.Symbol.Name))
                continue;
            string name = parameter.Symbol.Name.Replace("_", "").ToLowerInvariant();
            if (_sensitive.Any(word => name.EndsWith(word, StringComparison.Ordinal)))
                context.Report(DiagnosticDescriptors.GuardTheSensitiveParameter, new ProblemSite(parameter.Symbol), parameter.Symbol.Name);
        }
    }

    private static void CheckHidden(InterfaceContext context, FunctionFacts function, List<AttributeData> guards)
    {
        if (function.Model.Failure is not null || guards.FirstOrDefault(static g => GuardParser.IsInput(g) && g.AttributeClass!.TypeArguments[0].BasesAndSelf().Any(static t => t.Is("AiSdk", "PiiGuard"))) is not { } hiding)
            return;
        HashSet<int> types = [.. GuardEmitter.JsonTypes(function.Model, context.Model.ArgumentTypes)];
        foreach (PromptParameterModel parameter in function.Model.PromptParameters.Where(p => !p.IsTrusted && types.Contains(p.Type)))
        {
            if (function.Parameters.FirstOrDefault(p => p.Symbol.Name == parameter.Name) is { } info)
                context.Report(DiagnosticDescriptors.PassWhatIsHiddenAsText, new ProblemSite(info.Symbol), hiding.AttributeClass!.TypeArguments[0].Display(), parameter.Name);
        }
    }
}
