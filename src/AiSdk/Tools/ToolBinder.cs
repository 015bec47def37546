using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

/// <summary>Takes the arguments of one call of a tool one by one, without writing them as JSON first. Used by generated code only.</summary>
/// <remarks>Of what does not fit it says no more than that: the way of JSON knows what to tell the model.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct ToolBinder
{
    private static readonly JsonReaderOptions _options = new() { MaxDepth = OutputReader.MaxDepth - 1 };

    private readonly AIFunctionArguments _arguments;
    private int _taken;
    private bool _fails;

    /// <summary>A binder of arguments.</summary>
    /// <param name="arguments">The arguments.</param>
    public ToolBinder(AIFunctionArguments arguments) => _arguments = arguments;

    /// <summary>Whether each argument was there where it had to be, of its type, and no other was there.</summary>
    public readonly bool Fits => !_fails && _taken == _arguments.Count;

    /// <summary>Takes an argument that must be there.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="read">Reads it where it is JSON.</param>
    public T Take<T>(string name, OutputReader<T> read) => Finds(name, out object? value) ? Take(value, read) : Missing<T>();

    /// <summary>Takes an argument that may be left out.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="read">Reads it where it is JSON.</param>
    /// <param name="otherwise">What it is if it is left out.</param>
    public T Take<T>(string name, OutputReader<T> read, T otherwise) => Finds(name, out object? value) ? Take(value, read) : otherwise;

    /// <summary>Takes an argument that is text.</summary>
    /// <param name="name">Its name.</param>
    public string TakeString(string name) => Finds(name, out object? value) ? String(value) : Missing<string>();

    /// <summary>Takes an argument that is text, or left out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is if it is left out.</param>
    public string TakeString(string name, string otherwise) => Finds(name, out object? value) ? String(value) : otherwise;

    /// <summary>Takes an argument that is a whole number.</summary>
    /// <param name="name">Its name.</param>
    public int TakeInt32(string name) => Finds(name, out object? value) ? Int32(value) : Missing<int>();

    /// <summary>Takes an argument that is a whole number, or left out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is if it is left out.</param>
    public int TakeInt32(string name, int otherwise) => Finds(name, out object? value) ? Int32(value) : otherwise;

    /// <summary>Takes an argument that is a whole number.</summary>
    /// <param name="name">Its name.</param>
    public long TakeInt64(string name) => Finds(name, out object? value) ? Int64(value) : Missing<long>();

    /// <summary>Takes an argument that is a whole number, or left out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is if it is left out.</param>
    public long TakeInt64(string name, long otherwise) => Finds(name, out object? value) ? Int64(value) : otherwise;

    /// <summary>Takes an argument that is true or false.</summary>
    /// <param name="name">Its name.</param>
    public bool TakeBoolean(string name) => Finds(name, out object? value) ? Boolean(value) : Missing<bool>();

    /// <summary>Takes an argument that is true or false, or left out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is if it is left out.</param>
    public bool TakeBoolean(string name, bool otherwise) => Finds(name, out object? value) ? Boolean(value) : otherwise;

    private string String(object? value) => value is JsonElement { ValueKind: JsonValueKind.String } element ? element.GetString()! : value as string ?? Take(value, OutputReader.ReadString);

    private int Int32(object? value) => value is JsonElement { ValueKind: JsonValueKind.Number } element && element.TryGetInt32(out int number) ? number : value is int whole ? whole : Take(value, OutputReader.ReadInt32);

    private long Int64(object? value) => value is JsonElement { ValueKind: JsonValueKind.Number } element && element.TryGetInt64(out long number) ? number : value is long whole ? whole : Take(value, OutputReader.ReadInt64);

    private bool Boolean(object? value) => value is JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } element ? element.ValueKind == JsonValueKind.True : value is bool truth ? truth : Take(value, OutputReader.ReadBoolean);

    private bool Finds(string name, out object? value)
    {
        if (!_arguments.TryGetValue(name, out value))
            return false;
        _taken++;
        return true;
    }

    private T Missing<T>()
    {
        _fails = true;
        return default!;
    }

    private T Take<T>(object? value, OutputReader<T> read)
    {
        if (value is JsonElement element)
            return element.ValueKind == JsonValueKind.Undefined ? Missing<T>() : element is T json ? json : Read(element, read);
        return value is T right ? right : Missing<T>();
    }

    private T Read<T>(JsonElement element, OutputReader<T> read)
    {
        try
        {
            Utf8JsonReader reader = new(JsonMarshal.GetRawUtf8Value(element), _options);
            reader.Read();
            return read(ref reader);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Missing<T>();
        }
    }
}
