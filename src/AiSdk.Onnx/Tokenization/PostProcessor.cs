using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>One thing that a model's input consists of: a text, or tokens around it.</summary>
/// <param name="Sequence">0 for the first text, 1 for the second, null for tokens.</param>
/// <param name="Ids">The tokens, if it is no text.</param>
/// <param name="TypeId">The type id of each token.</param>
internal sealed record InputPart(int? Sequence, int[] Ids, int TypeId);

/// <summary>The post_processor of a tokenizer.json: what a model's input is put together of.</summary>
internal sealed class PostProcessor
{
    private PostProcessor(InputPart[] single, InputPart[] pair)
    {
        Single = single;
        Pair = pair;
    }

    /// <summary>The input that one text makes.</summary>
    public InputPart[] Single { get; }

    /// <summary>The input that two texts make.</summary>
    public InputPart[] Pair { get; }

    /// <summary>Reads the field; without one texts stand side by side.</summary>
    public static PostProcessor Read(JsonFile? json) => (json is { } value ? ReadAny(value) : null) ?? new([First(0)], [First(0), Second(1)]);

    private static PostProcessor? ReadAny(JsonFile json)
    {
        string type = json.String("type");
        switch (type)
        {
            case "Sequence":
                PostProcessor? only = null;
                foreach (JsonFile part in json.Objects("processors"))
                {
                    PostProcessor? read = ReadAny(part);
                    if (read is not null && only is not null)
                        throw part.Error("type", $"is '{part.String("type")}', but an earlier post-processor adds tokens already; only one is supported.");
                    only ??= read;
                }
                return only;
            case "ByteLevel":
                // It corrects places in the text, which nobody asks for here.
                return null;
            case "BertProcessing":
                (InputPart cls, InputPart sep) = (Token(json, "cls"), Token(json, "sep"));
                return new([cls, First(0), sep], [cls, First(0), sep, Second(1), sep with { TypeId = 1 }]);
            case "RobertaProcessing":
                (InputPart begin, InputPart end) = (Token(json, "cls"), Token(json, "sep"));
                return new([begin, First(0), end], [begin, First(0), end, end, Second(0), end]);
            case "TemplateProcessing":
                return new(Template(json, "single", 1), Template(json, "pair", 2));
            default:
                throw json.Error("type", $"is '{type}', a post-processor that is not supported; Sequence, ByteLevel, TemplateProcessing, RobertaProcessing and BertProcessing are.");
        }
    }

    private static InputPart First(int type) => new(0, [], type);

    private static InputPart Second(int type) => new(1, [], type);

    private static InputPart Token(JsonFile json, string name) =>
        json.TryGet(name, out JsonElement pair) && pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
        && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out int id)
            ? new InputPart(null, [id], 0)
            : throw json.Error(name, "must be a pair of token and id.");

    private static InputPart[] Template(JsonFile json, string name, int sequences)
    {
        List<InputPart> parts = [];
        foreach (JsonFile item in json.Objects(name))
        {
            if (item.OptionalObject("Sequence") is { } sequence)
            {
                string id = sequence.String("id");
                int index = id switch { "A" => 0, "B" when sequences == 2 => 1, _ => throw sequence.Error("id", $"is '{id}', which is no text of this template.") };
                parts.Add(new InputPart(index, [], sequence.OptionalInt("type_id") ?? 0));
            }
            else
            {
                JsonFile token = item.Object("SpecialToken");
                parts.Add(new InputPart(null, json.Object("special_tokens").Object(token.String("id")).OneOrMoreInts("ids"), token.OptionalInt("type_id") ?? 0));
            }
        }
        // An absent template leaves the texts as they are.
        return parts.Count > 0 ? [.. parts] : [.. Enumerable.Range(0, sequences).Select(static sequence => new InputPart(sequence, [], sequence))];
    }
}
