using System.Runtime.CompilerServices;

namespace AiSdk.Onnx;

/// <summary>What a frame waits for.</summary>
internal enum FrameKind
{
    /// <summary>Nothing: the text is complete.</summary>
    Done,

    /// <summary>More of a scalar.</summary>
    Scalar,

    /// <summary>A string's first quote.</summary>
    TextOpen,

    /// <summary>More of a string, or its last quote.</summary>
    Text,

    /// <summary>An array's bracket.</summary>
    ArrayOpen,

    /// <summary>The bracket that ends an empty array.</summary>
    ArrayEmpty,

    /// <summary>What follows an item.</summary>
    ArrayNext,

    /// <summary>An object's brace.</summary>
    ObjectOpen,

    /// <summary>The first name's quote, or the end.</summary>
    ObjectFirst,

    /// <summary>What follows a member.</summary>
    ObjectNext,

    /// <summary>A further name's quote.</summary>
    NameOpen,

    /// <summary>More of a name, or its last quote.</summary>
    Name,

    /// <summary>The colon.</summary>
    Colon,

    /// <summary>A space before a value.</summary>
    Space,

    /// <summary>The bracket of an array of unequal items.</summary>
    UniqueOpen,

    /// <summary>More of such an array's item, or what follows it.</summary>
    UniqueItem,

    /// <summary>The bracket of an array of which some items count.</summary>
    CountingOpen,

    /// <summary>What follows an item of such an array.</summary>
    CountingNext,

    /// <summary>More of a text that leads to a value.</summary>
    Lead,
}

/// <summary>What decides how a frame goes on; frames with equal content are one.</summary>
internal readonly record struct FrameContent(FrameKind Kind, Frame? Parent, object? Owner, int State, int Count, ObjectState? Members, ulong Hash)
{
    // What it refers to is one for each content, so that references tell; a record's own comparison asks each of them.
    public bool Equals(FrameContent other) =>
        Kind == other.Kind && ReferenceEquals(Parent, other.Parent) && ReferenceEquals(Owner, other.Owner) && State == other.State && Count == other.Count && ReferenceEquals(Members, other.Members) && Hash == other.Hash;

    public override int GetHashCode()
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        ulong hash = ((ulong)Kind << 56) ^ ((ulong)(uint)State << 24) ^ (uint)Count;
        hash = (hash ^ Hash) * Factor;
        hash = (hash ^ (hash >> 29) ^ (uint)RuntimeHelpers.GetHashCode(Parent)) * Factor;
        hash = (hash ^ ((ulong)(uint)RuntimeHelpers.GetHashCode(Owner) << 32) ^ (uint)RuntimeHelpers.GetHashCode(Members)) * Factor;
        return (int)(hash >> 32);
    }
}

/// <summary>The top of a stack; below it are the arrays and objects around, each waiting for what follows its item.</summary>
internal sealed class Frame(FrameContent content, KeyText? text)
{
    private (byte Value, Frame[] Frames)[] _successors = [];

    public FrameContent Content { get; } = content;

    public FrameKind Kind => Content.Kind;

    public Frame? Parent => Content.Parent;

    public int State => Content.State;

    public int Count => Content.Count;

    public ObjectState Members => Content.Members!;

    /// <summary>The name so far, where it matters.</summary>
    public KeyText? Text { get; } = text;

    /// <summary>The number of arrays and objects around.</summary>
    public int Depth { get; } = content.Parent is null ? 0 : content.Parent.Depth + 1;

    /// <summary>The tokens that are allowed, once they have been worked out.</summary>
    public ulong[]? Mask { get; set; }

    public TextAlternative TextAlternative => (TextAlternative)Content.Owner!;

    public ScalarAlternative Scalar => (ScalarAlternative)Content.Owner!;

    public ArrayAlternative Array => (ArrayAlternative)Content.Owner!;

    public CountingArrayAlternative Counting => (CountingArrayAlternative)Content.Owner!;

    public ObjectAlternative Object => (ObjectAlternative)Content.Owner!;

    public LeadAlternative Lead => (LeadAlternative)Content.Owner!;

    public ValueNode Node => (ValueNode)Content.Owner!;

    public Frame[]? Successors(byte value)
    {
        foreach ((byte known, Frame[] frames) in _successors)
        {
            if (known == value)
                return frames;
        }
        return null;
    }

    public void Remember(byte value, Frame[] frames) => _successors = [.. _successors, (value, frames)];
}

/// <summary>Steps through a grammar byte by byte. A text may be read in several ways: then there are several frames.</summary>
internal sealed class ConstraintAutomaton(ValueNode root, bool allowSpaces)
{
    /// <summary>The greatest nesting of arrays and objects; that of the readers of replies.</summary>
    public const int MaxDepth = 64;

    private static readonly byte[] s_quote = "\""u8.ToArray();
    private static readonly byte[] s_endArray = "]"u8.ToArray();
    private static readonly byte[] s_nextItem = ",]"u8.ToArray();
    private static readonly byte[] s_firstName = "\"}"u8.ToArray();
    private static readonly byte[] s_nextName = ",}"u8.ToArray();
    private static readonly byte[] s_name = "\" "u8.ToArray();
    private static readonly byte[] s_colon = ":"u8.ToArray();
    private static readonly byte[] s_array = "["u8.ToArray();
    private static readonly byte[] s_object = "{"u8.ToArray();
    private static readonly byte[] s_space = " "u8.ToArray();

    private readonly Dictionary<FrameContent, Frame> _frames = [];

    /// <summary>The frame of a complete text.</summary>
    public Frame Done { get; } = new(new FrameContent(FrameKind.Done, null, null, 0, 0, null, 0), null);

    /// <summary>How many frames there are.</summary>
    public int FrameCount => _frames.Count;

    /// <summary>The frames before the first byte.</summary>
    public Frame[] Start()
    {
        List<Frame> frames = [];
        Push(root, null, frames);
        return [.. frames];
    }

    /// <summary>The bytes that a frame between values may take.</summary>
    public static ReadOnlySpan<byte> FirstBytes(Frame frame) => frame.Kind switch
    {
        FrameKind.TextOpen => s_quote,
        FrameKind.ArrayOpen or FrameKind.UniqueOpen or FrameKind.CountingOpen => s_array,
        FrameKind.ArrayEmpty => s_endArray,
        FrameKind.ArrayNext or FrameKind.CountingNext => s_nextItem,
        FrameKind.ObjectOpen => s_object,
        FrameKind.ObjectFirst => s_firstName,
        FrameKind.ObjectNext => s_nextName,
        FrameKind.NameOpen => s_name,
        FrameKind.Colon => s_colon,
        FrameKind.Space => s_space,
        FrameKind.Lead => frame.Lead.Next(frame.State),
        _ => default,
    };

    /// <summary>Whether the text may end here.</summary>
    public static bool IsComplete(Frame frame) =>
        frame.Kind == FrameKind.Done
        || (frame.Parent is null && ((frame.Kind == FrameKind.Scalar && frame.Scalar.Automaton.Dfa.Accepts(frame.State)) || (frame.Kind == FrameKind.Lead && frame.Lead.EndsAt(frame.State))));

    /// <summary>The frames behind a byte, remembered; for frames between values.</summary>
    public Frame[] Successors(Frame frame, byte value)
    {
        if (frame.Successors(value) is { } known)
            return known;
        List<Frame> frames = [];
        Step(frame, value, frames);
        Frame[] successors = [.. frames];
        frame.Remember(value, successors);
        return successors;
    }

    /// <summary>Adds the frames behind a byte.</summary>
    public void Step(Frame frame, byte value, List<Frame> frames)
    {
        switch (frame.Kind)
        {
            case FrameKind.Scalar:
                ByteAutomaton scalar = frame.Scalar.Automaton;
                int next = scalar.Dfa.Step(frame.State, value);
                if (next == Dfa.Dead)
                {
                    if (scalar.Dfa.Accepts(frame.State) && frame.Parent is not null)
                        Step(frame.Parent, value, frames);
                }
                else if (scalar.HasNext[next])
                {
                    frames.Add(Intern(frame.Content with { State = next }));
                }
                else
                {
                    frames.Add(frame.Parent ?? Done);
                }
                break;
            case FrameKind.TextOpen when value == '"':
                frames.Add(Intern(frame.Content with { Kind = FrameKind.Text, State = frame.TextAlternative.Automaton.Dfa.Start, Count = 0 }));
                break;
            case FrameKind.Text:
                TextAlternative text = frame.TextAlternative;
                int state = text.Automaton.Dfa.Step(frame.State, value);
                if (state != Dfa.Dead)
                {
                    int count = text.Count(frame.State, frame.Count);
                    if (text.IsAlive(state, count))
                        frames.Add(Intern(frame.Content with { State = state, Count = count }));
                }
                else if (value == '"' && text.CanEnd(frame.State, frame.Count))
                {
                    frames.Add(frame.Parent ?? Done);
                }
                break;
            case FrameKind.ArrayOpen when value == '[':
                if (frame.Array.Minimum == 0)
                    frames.Add(Intern(frame.Content with { Kind = FrameKind.ArrayEmpty }));
                PushItem(frame, 0, frames, spaces: false);
                break;
            case FrameKind.ArrayEmpty or FrameKind.ArrayNext when value == ']':
                if (frame.Kind == FrameKind.ArrayEmpty || frame.Count >= frame.Array.Minimum)
                    frames.Add(frame.Parent ?? Done);
                break;
            case FrameKind.ArrayNext when value == ',':
                PushItem(frame, frame.Count, frames, allowSpaces);
                break;
            case FrameKind.CountingOpen when value == '[':
                if (frame.Counting.CanClose(0, 0))
                    frames.Add(Intern(frame.Content with { Kind = FrameKind.ArrayEmpty }));
                PushCounted(frame, 0, 0, frames, spaces: false);
                break;
            case FrameKind.CountingNext when value == ']':
                if (frame.Counting.CanClose(frame.Count, frame.State))
                    frames.Add(frame.Parent ?? Done);
                break;
            case FrameKind.CountingNext when value == ',':
                PushCounted(frame, frame.Count, frame.State, frames, allowSpaces);
                break;
            case FrameKind.ObjectOpen when value == '{':
                frames.Add(Intern(frame.Content with { Kind = FrameKind.ObjectFirst, Members = frame.Object.Open(MaxDepth - frame.Depth - 1) }));
                break;
            case FrameKind.ObjectFirst or FrameKind.ObjectNext when value == '}' && frame.Members.CanClose:
                frames.Add(frame.Parent ?? Done);
                break;
            case FrameKind.ObjectNext when value == ',' && frame.Members.CanContinue:
                frames.Add(Intern(frame.Content with { Kind = FrameKind.NameOpen, State = allowSpaces ? 1 : 0 }));
                break;
            case FrameKind.NameOpen when value == ' ' && frame.State == 1:
                frames.Add(Intern(frame.Content with { State = 0 }));
                break;
            case FrameKind.ObjectFirst or FrameKind.NameOpen when value == '"' && frame.Members.CanContinue:
                KeyText? empty = frame.Object.HasClasses ? KeyText.Empty : null;
                frames.Add(Intern(frame.Content with { Kind = FrameKind.Name, State = frame.Object.Keys.Dfa.Start, Hash = empty?.Hash ?? 0 }, empty));
                break;
            case FrameKind.Name:
                StepName(frame, value, frames);
                break;
            case FrameKind.Colon when value == ':':
                if (frame.Object.Rules is { } rules && rules.Options[frame.State].Length > 0)
                {
                    foreach ((ValueNode option, ObjectState with) in frame.Object.Options(frame.Members, frame.State))
                        PushValue(option, Intern(frame.Content with { Kind = FrameKind.ObjectNext, State = 0, Members = with }), frames, allowSpaces);
                    break;
                }
                Frame behind = Intern(frame.Content with { Kind = FrameKind.ObjectNext, State = 0 });
                PushValue(frame.Object.Values[frame.State], behind, frames, allowSpaces);
                break;
            case FrameKind.UniqueOpen when value == '[':
                ObjectState none = frame.Object.Open(MaxDepth - frame.Depth - 1);
                if (none.CanClose)
                    frames.Add(Intern(frame.Content with { Kind = FrameKind.ArrayEmpty }));
                if (none.CanContinue)
                    frames.Add(UniqueItem(frame, none, isBehindComma: false));
                break;
            case FrameKind.UniqueItem:
                StepUnique(frame, value, frames);
                break;
            case FrameKind.Space when value == ' ':
                Push(frame.Node, frame.Parent, frames);
                break;
            case FrameKind.Lead:
                StepLead(frame, value, frames);
                break;
        }
    }

    /// <summary>The frame behind a complete name.</summary>
    /// <param name="frame">The frame of the name's beginning.</param>
    /// <param name="label">The name's label.</param>
    /// <param name="name">The name, where a second one like it has to be kept out.</param>
    public Frame Named(Frame frame, int label, KeyText? name) =>
        Intern(frame.Content with { Kind = FrameKind.Colon, State = label, Members = frame.Object.With(frame.Members, label, name), Hash = 0 });

    /// <summary>The frame with this content.</summary>
    public Frame Intern(FrameContent content, KeyText? text = null)
    {
        if (_frames.TryGetValue(content, out Frame? frame))
            return frame;
        frame = new Frame(content, text);
        _frames.Add(content, frame);
        return frame;
    }

    private void StepName(Frame frame, byte value, List<Frame> frames)
    {
        ObjectAlternative owner = frame.Object;
        int next = owner.Keys.Dfa.Step(frame.State, value);
        if (next != Dfa.Dead)
        {
            KeyText? text = frame.Text?.With(value);
            if (owner.IsAlive(frame.Members, next, text?.Hash ?? 0))
                frames.Add(Intern(frame.Content with { State = next, Hash = text?.Hash ?? 0 }, text));
        }
        else if (value == '"' && owner.Label(frame.Members, frame.State, frame.Content.Hash) is >= 0 and int label)
        {
            frames.Add(Named(frame, label, frame.Text));
        }
    }

    /// <summary>What follows an item of an array of unequal items; null when that is not allowed.</summary>
    /// <param name="frame">The frame of the item's beginning.</param>
    /// <param name="label">The item's label.</param>
    /// <param name="text">The item, where a second one like it has to be kept out.</param>
    /// <param name="value">The byte behind it.</param>
    public Frame? BehindUnique(Frame frame, int label, KeyText? text, byte value)
    {
        if (value is not ((byte)',' or (byte)']'))
            return null;
        ObjectState members = frame.Object.With(frame.Members, label, text);
        if (value == ']')
            return members.CanClose ? frame.Parent ?? Done : null;
        return members.CanContinue ? UniqueItem(frame, members, isBehindComma: true) : null;
    }

    /// <summary>The frame behind the space before an item, where one is allowed; else null.</summary>
    public Frame? BehindSpace(Frame frame) => frame.Kind == FrameKind.UniqueItem && frame.Count == 1 ? Intern(frame.Content with { Count = 0 }, frame.Text) : null;

    private Frame UniqueItem(Frame frame, ObjectState members, bool isBehindComma)
    {
        KeyText? empty = frame.Object.HasClasses ? KeyText.Empty : null;
        return Intern(new FrameContent(FrameKind.UniqueItem, frame.Parent, frame.Object, frame.Object.Keys.Dfa.Start, isBehindComma && allowSpaces ? 1 : 0, members, empty?.Hash ?? 0), empty);
    }

    private void StepUnique(Frame frame, byte value, List<Frame> frames)
    {
        ObjectAlternative owner = frame.Object;
        int next = owner.Keys.Dfa.Step(frame.State, value);
        if (next != Dfa.Dead)
        {
            KeyText? text = frame.Text?.With(value);
            if (owner.IsAlive(frame.Members, next, text?.Hash ?? 0))
                frames.Add(Intern(frame.Content with { State = next, Count = 0, Hash = text?.Hash ?? 0 }, text));
        }
        else if (value == ' ' && BehindSpace(frame) is { } item)
        {
            frames.Add(item);
        }
        else if (owner.Label(frame.Members, frame.State, frame.Content.Hash) is >= 0 and int label && BehindUnique(frame, label, frame.Text, value) is { } behind)
        {
            frames.Add(behind);
        }
    }

    private void StepLead(Frame frame, byte value, List<Frame> frames)
    {
        LeadAlternative lead = frame.Lead;
        int next = lead.Texts.Step(frame.State, value);
        if (next == Dfa.Dead)
            return;
        if (lead.ValueAt(next) is { } to)
            Push(to, lead.Behind is { } behind ? Intern(new FrameContent(FrameKind.Lead, frame.Parent, behind, behind.Texts.Start, 0, null, 0)) : frame.Parent, frames);
        if (lead.Next(next).Length > 0)
            frames.Add(Intern(frame.Content with { State = next }));
        else if (lead.EndsAt(next))
            frames.Add(frame.Parent ?? Done);
    }

    private void PushItem(Frame frame, int index, List<Frame> frames, bool spaces)
    {
        ArrayAlternative array = frame.Array;
        if (index >= array.Maximum)
            return;
        Frame behind = Intern(frame.Content with { Kind = FrameKind.ArrayNext, Count = array.Clamp(index + 1) });
        PushValue(array.At(index), behind, frames, spaces);
    }

    private void PushCounted(Frame frame, int index, int state, List<Frame> frames, bool spaces)
    {
        CountingArrayAlternative array = frame.Counting;
        if (index >= array.Maximum)
            return;
        int budget = MaxDepth - frame.Depth - 1;
        ValueNode[] options = array.Options(index);
        for (int set = 0; set < options.Length; set++)
        {
            int behind = array.Clamp(index + 1);
            if (options[set].MinimumDepth <= budget && array.Next(state, set) is >= 0 and int next && array.IsFeasible(behind, next, budget))
                PushValue(options[set], Intern(frame.Content with { Kind = FrameKind.CountingNext, Count = behind, State = next }), frames, spaces);
        }
    }

    private void PushValue(ValueNode node, Frame behind, List<Frame> frames, bool spaces)
    {
        int count = frames.Count;
        Push(node, behind, frames);
        if (spaces && frames.Count > count)
            frames.Add(Intern(new FrameContent(FrameKind.Space, behind, node, 0, 0, null, 0)));
    }

    private void Push(ValueNode node, Frame? parent, List<Frame> frames)
    {
        int depth = parent is null ? 0 : parent.Depth + 1;
        foreach (Alternative alternative in node.Alternatives)
        {
            if (depth + alternative.MinimumDepth > MaxDepth)
                continue;
            FrameKind kind = alternative switch
            {
                ScalarAlternative => FrameKind.Scalar,
                TextAlternative => FrameKind.TextOpen,
                ArrayAlternative => FrameKind.ArrayOpen,
                CountingArrayAlternative => FrameKind.CountingOpen,
                ObjectAlternative { IsArray: true } => FrameKind.UniqueOpen,
                LeadAlternative => FrameKind.Lead,
                _ => FrameKind.ObjectOpen,
            };
            int state = alternative switch
            {
                ScalarAlternative scalar => scalar.Automaton.Dfa.Start,
                LeadAlternative lead => lead.Texts.Start,
                _ => 0,
            };
            frames.Add(Intern(new FrameContent(kind, parent, alternative, state, 0, null, 0)));
        }
    }
}
