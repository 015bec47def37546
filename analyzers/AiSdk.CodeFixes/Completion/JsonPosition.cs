using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.CodeFixes.Completion;

/// <summary>Where the caret stands in JSON that is being typed.</summary>
/// <param name="Path">The names on the way there; null for the elements of a list.</param>
/// <param name="IsInText">Whether it is inside a string.</param>
/// <param name="IsName">Whether that string is a property's name.</param>
internal sealed record JsonPosition(IReadOnlyList<string?> Path, bool IsInText, bool IsName)
{
    /// <summary>The position behind a text, however unfinished the JSON is.</summary>
    public static JsonPosition At(string before)
    {
        // Of each open object the name that was last read, of each open list null.
        List<(bool IsObject, string? Name, bool IsAtValue)> open = [];
        bool isInText = false;
        int textStart = 0;
        for (int i = 0; i < before.Length; i++)
        {
            char c = before[i];
            if (isInText)
            {
                if (c == '\\')
                {
                    i++;
                }
                else if (c == '"')
                {
                    isInText = false;
                    if (open.Count > 0 && open[open.Count - 1] is { IsObject: true, IsAtValue: false })
                        open[open.Count - 1] = (true, before.Substring(textStart, i - textStart), false);
                }
                continue;
            }
            switch (c)
            {
                case '"':
                    (isInText, textStart) = (true, i + 1);
                    break;
                case '{':
                    open.Add((true, null, false));
                    break;
                case '[':
                    open.Add((false, null, true));
                    break;
                case '}' or ']' when open.Count > 0:
                    open.RemoveAt(open.Count - 1);
                    break;
                case ':' or ',' when open.Count > 0 && open[open.Count - 1].IsObject:
                    open[open.Count - 1] = (true, open[open.Count - 1].Name, c == ':');
                    break;
            }
        }
        bool isName = isInText && open.Count > 0 && open[open.Count - 1] is { IsObject: true, IsAtValue: false };
        return new JsonPosition([.. open.Take(isName ? open.Count - 1 : open.Count).Select(static o => o.Name)], isInText, isName);
    }

    /// <summary>The type at the position, or null.</summary>
    public static TypeModel? Find(EquatableArray<TypeModel> types, int root, JsonPosition position)
    {
        TypeModel? type = types[root];
        foreach (string? name in position.Path)
        {
            type = type?.Kind switch
            {
                OutputTypeKind.Object => type.Properties.FirstOrDefault(p => p.JsonName == name) is { } property ? types[property.Type.Type] : null,
                OutputTypeKind.List or OutputTypeKind.Dictionary => types[type.Element.Type],
                OutputTypeKind.Union => type.Variants.SelectMany(v => types[v.Type].Properties).FirstOrDefault(p => p.JsonName == name) is { } property ? types[property.Type.Type] : null,
                _ => null,
            };
        }
        return type;
    }
}
