using System.Collections.Immutable;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>How functions are called, and what becomes of what they give.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.EnumerateTheStream,
        DiagnosticDescriptors.AwaitTheFunction,
        DiagnosticDescriptors.LookAtTheRepairs,
        DiagnosticDescriptors.CallInABatch,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(Generators.AttributeNames.AiFunctions) is null)
                return;
            FunctionFinder functions = new();
            start.RegisterOperationAction(operation => Analyze(operation, functions), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, FunctionFinder functions)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (functions.Declaration(call) is not { } function)
            return;
        IOperation? outer = FunctionCalls.Outer(call);
        if (FunctionCalls.IsStream(function))
        {
            if (IsDropped(outer, isDiscardDropped: true) || IsNeverRead(outer))
                Report(DiagnosticDescriptors.EnumerateTheStream);
            return;
        }
        // In async code the compiler warns itself (CS4014).
        if ((IsDropped(outer, isDiscardDropped: false) && !IsAsync(call, context.ContainingSymbol)) || IsNeverRead(outer))
            Report(DiagnosticDescriptors.AwaitTheFunction);
        if (LossyResults.IsOnlyValueRead(call, function))
            Report(DiagnosticDescriptors.LookAtTheRepairs);
        if (SequentialCalls.IsOnePerElement(call))
            Report(DiagnosticDescriptors.CallInABatch);

        void Report(DiagnosticDescriptor descriptor) => context.ReportDiagnostic(Diagnostic.Create(descriptor, call.Syntax.GetLocation(), function.Name));
    }

    private static bool IsDropped(IOperation? outer, bool isDiscardDropped) =>
        outer is IExpressionStatementOperation || (isDiscardDropped && outer is ISimpleAssignmentOperation { Target: IDiscardOperation });

    private static bool IsNeverRead(IOperation? outer)
    {
        ILocalSymbol? local = outer switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
            ISimpleAssignmentOperation { Parent: IExpressionStatementOperation, Target: ILocalReferenceOperation target } => target.Local,
            _ => null,
        };
        // A variable of an outer body may be read there.
        return local is not null
            && !FunctionCalls.References(Whole(outer!), local).Any();

        static IOperation Whole(IOperation operation)
        {
            while (operation.Parent is { } parent)
                operation = parent;
            return operation;
        }
    }

    private static bool IsAsync(IOperation call, ISymbol containing) => FunctionCalls.Body(call) switch
    {
        ILocalFunctionOperation local => local.Symbol.IsAsync,
        IAnonymousFunctionOperation lambda => lambda.Symbol.IsAsync,
        _ => containing is IMethodSymbol { IsAsync: true },
    };
}
