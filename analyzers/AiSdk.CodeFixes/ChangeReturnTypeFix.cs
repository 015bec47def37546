using System.Composition;
using AiSdk.Analyzers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Takes the closest return type that a function can have.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ChangeReturnTypeFix() : FixProvider(DiagnosticIds.ReturnWhatAFunctionCanGive)
{
    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<MethodDeclarationSyntax>() is not { } method || await occurrence.ModelAsync().ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(method, occurrence.CancellationToken) is not { } symbol || model.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Task`1") is not { } task)
            return;
        INamedTypeSymbol closest = task.Construct(Value(symbol.ReturnType, model.Compilation));
        // As short as the usings of the file allow.
        string type = closest.ToMinimalDisplayString(model, method.ReturnType.SpanStart);
        occurrence.Offer($"Return {type}", nameof(ChangeReturnTypeFix), new TextChange(method.ReturnType.Span, type));
    }

    /// <summary>What is to be awaited: the type itself, or what a stream of it would give at once.</summary>
    private static ITypeSymbol Value(ITypeSymbol type, Compilation compilation)
    {
        if (type.SpecialType == SpecialType.System_Void || type.Is("System.Threading.Tasks", "Task") || type.Is("System.Threading.Tasks", "ValueTask"))
            return compilation.GetSpecialType(SpecialType.System_String);
        if (type.Is("System.Collections.Generic", "IAsyncEnumerable", 1))
            type = ((INamedTypeSymbol)type).TypeArguments[0];
        return type.Is("AiSdk", "Partial", 1) ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
    }
}
