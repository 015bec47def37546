using System.Text;

namespace AiSdk;

/// <summary>
/// A value of which a model has written a part. What is shown is never taken back: texts and lists only grow, numbers, booleans, enums and dates are there when
/// they are whole, and what is closed no longer changes. The compiler generates a property for each of <typeparamref name="T"/>'s.
/// </summary>
/// <remarks>Immutable, and safe for concurrent use also while the reply goes on. Keeping one keeps what has been read of the reply in memory.</remarks>
/// <typeparam name="T">What the reply becomes.</typeparam>
// Nobody writes it in Visual Basic, where the word is reserved.
#pragma warning disable CA1716
public sealed class Partial<T>
#pragma warning restore CA1716
{
    private readonly bool _hasValue;
    private readonly T? _value;

    internal Partial(PartialNode owner, int index, int length)
    {
        Owner = owner;
        Index = index;
        Length = length;
    }

    internal Partial(PartialNode owner, int index, int length, T value, IReadOnlyList<Repair> repairs)
        : this(owner, index, length)
    {
        _hasValue = true;
        _value = value;
        Repairs = repairs;
    }

    /// <summary>The thoughts of which a beginning had come, if any had.</summary>
    internal (ReasoningText Text, int Length)? Thoughts { get; init; }

    internal PartialNode Owner { get; }

    internal int Index { get; }

    internal int Length { get; }

    /// <summary>Whether nothing will be added: of a part, that it is closed; of the whole, that the reply has ended and been read.</summary>
    public bool IsComplete => _hasValue || (Owner.Shape is not null && End is > 0);

    /// <summary>The whole value.</summary>
    /// <exception cref="InvalidOperationException">It is not complete, or it is a part of another value, which has it.</exception>
    public T Value => _hasValue ? _value! : throw new InvalidOperationException(Owner.Shape is null
        ? "The value is not complete: IsComplete tells when it is."
        : "Only the whole has a value; read this part from it.");

    /// <summary>
    /// Of the whole: what the model has thought so far, where the function lets it (<see cref="ReasoningAttribute"/>) or it does so beside its reply. It only grows, and comes before the value does. <see langword="null"/> if there is none.
    /// </summary>
    public string? Reasoning => Thoughts is { Length: > 0 } thoughts ? thoughts.Text.Take(thoughts.Length) : null;

    /// <summary>What was done to the reply to make it fit the type; known of the whole when it is complete, else empty.</summary>
    public IReadOnlyList<Repair> Repairs { get; } = [];

    private int End => Owner.Entries[Index].End is int end and > 0 && end <= Length ? end : 0;

    /// <summary>What is known so far, as JSON: open texts, lists and objects are closed where they are. <c>null</c> if nothing is.</summary>
    public string ToJson()
    {
        PartialEntry[] entries = Owner.Entries;
        if (Owner.CountAt(Length) <= Index)
            return "null";
        ReadOnlySpan<byte> json = Owner.Document.Json;
        int start = entries[Index].Start;
        if (End is > 0 and int end)
            return Encoding.UTF8.GetString(json[start..end]);
        StringBuilder text = new(Encoding.UTF8.GetString(json[start..Length]));
        int length = text.Length;
        PartialNode? node = Owner;
        int index = Index;
        while (index >= 0)
        {
            PartialEntry entry = node.Entries[index];
            if (entry.End > 0 && entry.End <= Length)
                break;
            text.Insert(length, entry.Child is null ? '"' : entry.Child.IsList ? ']' : '}');
            if (entry.Child is null)
                break;
            node = entry.Child;
            index = node.CountAt(Length) - 1;
        }
        return text.ToString();
    }

    /// <summary>The same as <see cref="ToJson"/>.</summary>
    public override string ToString() => ToJson();
}
