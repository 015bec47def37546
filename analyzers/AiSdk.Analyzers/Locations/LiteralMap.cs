using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Analyzers.Locations;

/// <summary>
/// Says where in the source each character of a constant text is written: inside regular, verbatim, raw and interpolated literals, sums of them, and constants that are declared elsewhere.
/// </summary>
internal sealed class LiteralMap
{
    /// <summary>How many constants may name each other; the compiler has refused a circle by then.</summary>
    private const int MaxDepth = 64;

    private readonly List<Piece> _pieces = [];
    private readonly ExpressionSyntax _expression;
    private int _length;

    private LiteralMap(ExpressionSyntax expression) => _expression = expression;

    /// <summary>The map of a constant expression.</summary>
    public static LiteralMap Of(ExpressionSyntax expression, Compilation compilation, CancellationToken cancellationToken)
    {
        LiteralMap map = new(expression);
        map.Add(expression, new Models(compilation), 0, cancellationToken);
        return map;
    }

    /// <summary>Where a piece of the text is written; as far as that is one place.</summary>
    public Location Locate(int start, int length)
    {
        if (Find(start) is not { } first)
            return _expression.GetLocation();
        if (first.Offsets is null)
            return Location.Create(first.Tree, first.Span);
        int from = first.Offsets[start - first.Start];
        int last = start + Math.Max(length, 1) - 1;
        int to = Find(last) is { } end && end.Tree == first.Tree && end.Span.End > from && last < end.Start + end.Length
            ? end.Offsets is null ? end.Span.End : end.Offsets[last - end.Start + 1]
            : first.Offsets[first.Length];
        return Location.Create(first.Tree, TextSpan.FromBounds(from, Math.Max(from, to)));
    }

    /// <summary>The place in the text at which the source position stands, or null if it stands in none of its literals.</summary>
    public int? PositionOf(SyntaxTree tree, int position)
    {
        foreach (Piece piece in _pieces)
        {
            if (piece.Tree != tree || piece.Offsets is null || position < piece.Offsets[0] || position > piece.Offsets[piece.Length])
                continue;
            for (int i = 0; i <= piece.Length; i++)
            {
                if (piece.Offsets[i] >= position)
                    return piece.Start + i;
            }
        }
        return null;
    }

    private Piece? Find(int at)
    {
        foreach (Piece piece in _pieces)
        {
            if (at >= piece.Start && at < piece.Start + piece.Length)
                return piece;
        }
        // The end of the text belongs to its last piece.
        return at == _length && _pieces.Count > 0 ? _pieces[_pieces.Count - 1] : null;
    }

    private void Add(ExpressionSyntax expression, Models models, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (expression)
        {
            case ParenthesizedExpressionSyntax parentheses:
                Add(parentheses.Expression, models, depth, cancellationToken);
                return;
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppression:
                Add(suppression.Operand, models, depth, cancellationToken);
                return;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression }:
                AddSum(expression, models, depth, cancellationToken);
                return;
            case LiteralExpressionSyntax { Token.Value: string text } literal:
                AddPiece(expression, text.Length, LiteralText.Offsets(literal.Token));
                return;
            case InterpolatedStringExpressionSyntax interpolated:
                foreach (InterpolatedStringContentSyntax content in interpolated.Contents)
                {
                    if (content is InterpolatedStringTextSyntax piece)
                        AddPiece(piece, LiteralText.Value(piece.TextToken, interpolated).Length, LiteralText.Offsets(piece.TextToken, interpolated));
                    else if (content is InterpolationSyntax hole)
                        Add(hole.Expression, models, depth, cancellationToken);
                }
                return;
        }
        SemanticModel model = models.Of(expression.SyntaxTree);
        if (depth < MaxDepth && Declared(model.GetSymbolInfo(expression, cancellationToken).Symbol, models, cancellationToken) is { } value)
            Add(value, models, depth + 1, cancellationToken);
        else
            AddPiece(expression, (model.GetConstantValue(expression, cancellationToken).Value as string)?.Length ?? 0, null);
    }

    // A sum of many texts is a deep tree on its left side.
    private void AddSum(ExpressionSyntax expression, Models models, int depth, CancellationToken cancellationToken)
    {
        Stack<ExpressionSyntax> right = new();
        while (expression is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum)
        {
            right.Push(sum.Right);
            expression = sum.Left;
        }
        Add(expression, models, depth, cancellationToken);
        while (right.Count > 0)
            Add(right.Pop(), models, depth, cancellationToken);
    }

    private static ExpressionSyntax? Declared(ISymbol? symbol, Models models, CancellationToken cancellationToken)
    {
        if (symbol is not (IFieldSymbol { HasConstantValue: true } or ILocalSymbol { HasConstantValue: true }))
            return null;
        return symbol.DeclaringSyntaxReferences.FirstOrDefault(reference => models.Knows(reference.SyntaxTree))?.GetSyntax(cancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } value }
            ? value
            : null;
    }

    private void AddPiece(SyntaxNode node, int length, int[]? offsets)
    {
        if (length > 0)
            _pieces.Add(new Piece(_length, length, node.SyntaxTree, node.Span, offsets));
        _length += length;
    }

    /// <summary>A literal, or an expression that is not looked into.</summary>
    /// <param name="Start">Where its text begins in the whole.</param>
    /// <param name="Length">How long its text is.</param>
    /// <param name="Tree">Its file.</param>
    /// <param name="Span">Where it stands there.</param>
    /// <param name="Offsets">Where each of its characters stands there, and where the last one ends; or null if that is not known.</param>
    private sealed record Piece(int Start, int Length, SyntaxTree Tree, TextSpan Span, int[]? Offsets);

    /// <summary>Semantic models, made when a name has to be looked up.</summary>
    private sealed class Models(Compilation compilation)
    {
        private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

        public bool Knows(SyntaxTree tree) => compilation.ContainsSyntaxTree(tree);

        public SemanticModel Of(SyntaxTree tree)
        {
            if (!_models.TryGetValue(tree, out SemanticModel? model))
            {
#pragma warning disable RS1030 // Only where a constant from elsewhere is a prompt, and only when there is something to report in it.
                model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
                _models.Add(tree, model);
            }
            return model;
        }
    }
}
