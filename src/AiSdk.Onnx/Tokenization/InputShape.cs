namespace AiSdk.Onnx;

/// <summary>The fields truncation and padding of a tokenizer.json: how long a model's inputs are.</summary>
internal sealed class InputShape
{
    private readonly int? _longest;
    private readonly string _strategy = "LongestFirst";
    private readonly bool _cutsLeft;
    private readonly JsonFile? _padding;
    private readonly int? _fixedLength;
    private readonly int _multiple = 1;
    private readonly bool _padsLeft;
    private readonly int _padId;
    private readonly int _padType;

    /// <summary>Reads the fields.</summary>
    public InputShape(JsonFile? truncation, JsonFile? padding)
    {
        if (truncation is { } cut)
        {
            _longest = cut.Int("max_length");
            if (_longest < 0)
                throw cut.Error("max_length", "must not be negative.");
            _strategy = OneOf(cut, "strategy", "LongestFirst", "OnlyFirst", "OnlySecond");
            _cutsLeft = OneOf(cut, "direction", "Right", "Left") == "Left";
        }
        _padding = padding;
        if (padding is not { } fill)
            return;
        if (fill.TryGet("strategy", out System.Text.Json.JsonElement strategy) && strategy.ValueKind == System.Text.Json.JsonValueKind.Object)
            _fixedLength = fill.Object("strategy").Int("Fixed");
        else
            OneOf(fill, "strategy", "BatchLongest");
        _padsLeft = OneOf(fill, "direction", "Right", "Left") == "Left";
        _multiple = Math.Max(1, fill.OptionalInt("pad_to_multiple_of") ?? 1);
        _padId = fill.OptionalInt("pad_id") ?? 0;
        _padType = fill.OptionalInt("pad_type_id") ?? 0;
    }

    /// <summary>The most tokens of an input, or null.</summary>
    public int? Longest => _longest;

    /// <summary>Shortens texts so that with the tokens around them they are not longer than the file allows.</summary>
    /// <returns>Whether there was something to leave out.</returns>
    public bool Truncate(List<int> first, List<int>? second, int around)
    {
        int room = Math.Max(0, (_longest ?? int.MaxValue) - around);
        int total = first.Count + (second?.Count ?? 0);
        if (total <= room)
            return false;
        int firstRoom = room;
        int secondRoom = 0;
        if (second is not null)
        {
            (firstRoom, secondRoom) = _strategy switch
            {
                "OnlyFirst" => (Math.Max(0, room - second.Count), second.Count),
                "OnlySecond" => (first.Count, Math.Max(0, room - first.Count)),
                _ => LongestFirst(first.Count, second.Count, room),
            };
            Cut(second, secondRoom);
        }
        Cut(first, firstRoom);
        return true;
    }

    /// <summary>Fills texts up to one length, as far as the file asks for it.</summary>
    public TokenizedText[] Pad(TokenizedText[] texts)
    {
        if (_padding is null || texts.Length == 0)
            return texts;
        int length = _fixedLength ?? texts.Max(static text => text.Ids.Length);
        length = (length + _multiple - 1) / _multiple * _multiple;
        return [.. texts.Select(text => text with { Ids = Pad(text.Ids, length, _padId), TypeIds = Pad(text.TypeIds, length, _padType), AttentionMask = Pad(text.AttentionMask, length, 0) })];
    }

    private static (int First, int Second) LongestFirst(int first, int second, int room)
    {
        int shorter = Math.Min(first, second);
        int longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        if (shorter + longer > room)
        {
            shorter = room / 2;
            longer = shorter + (room % 2);
        }
        return first > second ? (longer, shorter) : (shorter, longer);
    }

    private void Cut(List<int> ids, int length)
    {
        if (length < ids.Count)
            ids.RemoveRange(_cutsLeft ? 0 : length, ids.Count - length);
    }

    private int[] Pad(int[] values, int length, int value)
    {
        int missing = length - values.Length;
        if (missing <= 0)
            return values;
        IEnumerable<int> filling = Enumerable.Repeat(value, missing);
        return _padsLeft ? [.. filling, .. values] : [.. values, .. filling];
    }

    private static string OneOf(JsonFile json, string name, params ReadOnlySpan<string> values)
    {
        string value = json.OptionalString(name) ?? values[0];
        return values.Contains(value) ? value : throw json.Error(name, $"is '{value}', which is not supported; {string.Join(", ", values!)} {(values.Length == 1 ? "is" : "are")}.");
    }
}
