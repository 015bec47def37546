using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Declarations;

/// <summary>A file beside the source, as the compiler is given it.</summary>
internal sealed class TextFile(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}
