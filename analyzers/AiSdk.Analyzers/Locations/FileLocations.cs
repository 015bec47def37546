using AiSdk.Generators.Parsing;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Analyzers.Locations;

/// <summary>Makes places in files beside the source.</summary>
internal static class FileLocations
{
    /// <summary>The place as the compiler counts it.</summary>
    public static Location Of(FileSite site)
    {
        LinePosition start = Position(site.File.Text, site.Start);
        LinePosition end = Position(site.File.Text, site.Start + site.Length);
        TextSpan span = site.File.Source is { } source && end.Line < source.Lines.Count
            ? TextSpan.FromBounds(Offset(source, start), Offset(source, end))
            : new TextSpan(site.Start, site.Length);
        return Location.Create(site.File.CompilerPath, span, new LinePositionSpan(start, end));
    }

    // Lines and columns are the same whatever the line ends; counted from the start they are not.
    private static int Offset(SourceText source, LinePosition position) => Math.Min(source.Lines[position.Line].Start + position.Character, source.Length);

    private static LinePosition Position(string text, int position)
    {
        (int line, int column) = PromptFile.LineOf(text, position);
        return new LinePosition(line - 1, column - 1);
    }
}
