using System.Text;

namespace AiSdk.Generators.Helpers;

/// <summary>JSON under construction, printed for people: two blanks of indentation, lists of simple values on one line.</summary>
internal sealed class JsonTree
{
    private readonly string? _literal;
    private readonly List<KeyValuePair<string, JsonTree>>? _members;
    private readonly List<JsonTree>? _items;

    private JsonTree(string? literal, List<KeyValuePair<string, JsonTree>>? members, List<JsonTree>? items)
    {
        _literal = literal;
        _members = members;
        _items = items;
    }

    /// <summary>An empty object.</summary>
    public static JsonTree Object() => new(null, [], null);

    /// <summary>A list.</summary>
    public static JsonTree List(IEnumerable<JsonTree> items) => new(null, null, [.. items]);

    /// <summary>A string.</summary>
    public static JsonTree Text(string text) => new(Json.Quote(text), null, null);

    /// <summary>Any JSON as it is.</summary>
    public static JsonTree Raw(string json) => new(json, null, null);

    /// <summary>A value that was read, to be written in this form.</summary>
    public static JsonTree Of(JsonValue value)
    {
        if (value.Kind == JsonKind.List)
            return List(value.Items.Select(Of));
        if (value.Kind != JsonKind.Object)
            return value.Kind == JsonKind.String ? Text(value.Text!) : Raw(value.Raw);
        JsonTree tree = Object();
        foreach (JsonMember member in JsonValue.WithoutRepeated(value.Members))
            tree.With(member.Name, Of(member.Value));
        return tree;
    }

    /// <summary>Adds a property to an object, unless it has no value.</summary>
    public JsonTree With(string name, JsonTree? value)
    {
        if (value is not null)
            _members!.Add(new KeyValuePair<string, JsonTree>(name, value));
        return this;
    }

    /// <summary>The same for a text.</summary>
    public JsonTree With(string name, string? text) => With(name, text is null ? null : Text(text));

    /// <summary>The JSON.</summary>
    public override string ToString() => ToString(isSpread: false);

    /// <summary>The JSON, with each element of a list on its own line where <paramref name="isSpread"/>: so that changes of several hands merge.</summary>
    /// <param name="isSpread">Whether lists of simple values are spread over lines, too.</param>
    /// <param name="indentation">How deep it stands in another JSON text.</param>
    public string ToString(bool isSpread, int indentation = 0)
    {
        StringBuilder json = new();
        Write(json, indentation, isSpread);
        return json.ToString();
    }

    private void Write(StringBuilder json, int indentation, bool isSpread)
    {
        if (_literal is not null)
        {
            json.Append(_literal);
            return;
        }
        char open = _members is null ? '[' : '{';
        char close = _members is null ? ']' : '}';
        int count = _members?.Count ?? _items!.Count;
        bool onOneLine = count == 0 || (!isSpread && _items is not null && _items.All(static item => item._literal is not null));
        json.Append(open);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                json.Append(onOneLine ? ", " : ",");
            if (!onOneLine)
                json.Append('\n').Append(' ', (indentation + 1) * 2);
            if (_members is not null)
                json.Append(Json.Quote(_members[i].Key)).Append(": ");
            (_members is null ? _items![i] : _members[i].Value).Write(json, indentation + 1, isSpread);
        }
        if (!onOneLine)
            json.Append('\n').Append(' ', indentation * 2);
        json.Append(close);
    }
}
