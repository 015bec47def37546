using System.Collections.Generic;
using System.Linq;

namespace AiSdk.Prompts;

/// <summary>The sorts of YAML nodes.</summary>
internal enum FrontMatterKind
{
    /// <summary>A text without quotes, which may mean a number, a truth value or null.</summary>
    Plain,

    /// <summary>A text in quotes, or a block of lines.</summary>
    Quoted,
    Map,
    List,
}

/// <summary>A node of YAML front matter.</summary>
/// <param name="Kind">The sort.</param>
/// <param name="Position">Where it begins in the file's text.</param>
/// <param name="Length">How long it is there; of a map or list, its first line's part.</param>
/// <param name="Text">Of a text: what it says.</param>
/// <param name="Entries">Of a map: its entries, in order.</param>
/// <param name="Items">Of a list: its elements.</param>
internal sealed record FrontMatterNode(
    FrontMatterKind Kind, int Position, int Length, string Text, IReadOnlyList<FrontMatterEntry> Entries, IReadOnlyList<FrontMatterNode> Items)
{
    /// <summary>Whether it means null.</summary>
    public bool IsNull => Kind == FrontMatterKind.Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Whether it is a text of any sort.</summary>
    public bool IsScalar => Kind is FrontMatterKind.Plain or FrontMatterKind.Quoted;

    /// <summary>A text.</summary>
    public static FrontMatterNode Scalar(FrontMatterKind kind, string text, int position, int length) => new(kind, position, length, text, [], []);

    /// <summary>A map.</summary>
    public static FrontMatterNode Map(IReadOnlyList<FrontMatterEntry> entries, int position, int length) => new(FrontMatterKind.Map, position, length, "", entries, []);

    /// <summary>A list.</summary>
    public static FrontMatterNode List(IReadOnlyList<FrontMatterNode> items, int position, int length) => new(FrontMatterKind.List, position, length, "", [], items);

    /// <summary>The entry with a key, or null.</summary>
    public FrontMatterEntry? Entry(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    /// <summary>The value of a key, or null.</summary>
    public FrontMatterNode? this[string key] => Entry(key)?.Value;
}

/// <summary>An entry of a map.</summary>
/// <param name="Key">The key.</param>
/// <param name="Position">Where it is written.</param>
/// <param name="Length">How long it is there.</param>
/// <param name="Value">The value.</param>
internal sealed record FrontMatterEntry(string Key, int Position, int Length, FrontMatterNode Value);
