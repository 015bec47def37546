using System;
using System.Collections.Generic;
using System.Globalization;

namespace AiSdk.Prompts;

/// <summary>Reads the inside of one tag from left to right.</summary>
internal sealed class TagReader
{
    private static readonly (string Word, TemplateLiteralKind Kind)[] _words =
        [("true", TemplateLiteralKind.True), ("false", TemplateLiteralKind.False), ("null", TemplateLiteralKind.Null), ("undefined", TemplateLiteralKind.Null)];

    private readonly string _text;
    private readonly int _position;
    private int _at;

    /// <summary>Where the next character is in the template.</summary>
    public int Position => _position + _at;

    public TagReader(TemplateToken token)
    {
        _text = token.Text;
        _position = token.ContentPosition;
        SkipSpace();
    }

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => _at >= _text.Length;

    /// <summary>Whether the next character is this one.</summary>
    public bool Is(char expected) => _at < _text.Length && _text[_at] == expected;

    /// <summary>Whether the next word is this one, whatever follows it.</summary>
    public bool IsWord(string word) =>
        string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0 && (_at + word.Length == _text.Length || char.IsWhiteSpace(_text[_at + word.Length]));

    /// <summary>Takes a helper's name if an argument follows it: <c>{{json}}</c> alone is a parameter called json.</summary>
    public bool TryHelper(string name)
    {
        if (!IsWord(name) || string.IsNullOrWhiteSpace(_text.Substring(_at + name.Length)))
            return false;
        _at += name.Length;
        SkipSpace();
        return true;
    }

    /// <summary>Takes <c>name=</c>.</summary>
    public bool TryArgument(string name)
    {
        if (string.CompareOrdinal(_text, _at, name + "=", 0, name.Length + 1) != 0)
            return false;
        _at += name.Length + 1;
        SkipSpace();
        return true;
    }

    /// <summary>Takes <c>name=</c> whatever the name, or gives null.</summary>
    public string? ReadArgumentName()
    {
        int end = _at;
        while (end < _text.Length && IsWordCharacter(_text[end]))
            end++;
        if (end == _at || end >= _text.Length || _text[end] != '=')
            return null;
        string name = _text.Substring(_at, end - _at);
        _at = end + 1;
        SkipSpace();
        return name;
    }

    /// <summary>Takes a literal or a path, or gives null if there is neither.</summary>
    public TemplateOperand? ReadOperand()
    {
        int start = _at;
        if (ReadString() is { } text)
            return Literal(TemplateLiteralKind.String, text);
        int end = _at < _text.Length && _text[_at] == '-' ? _at + 1 : _at;
        if (end < _text.Length && _text[end] is >= '0' and <= '9')
        {
            while (end < _text.Length && _text[end] is (>= '0' and <= '9') or '.')
                end++;
            string number = _text.Substring(_at, end - _at);
            if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
                return null;
            _at = end;
            return Literal(TemplateLiteralKind.Number, number);
        }
        foreach ((string word, TemplateLiteralKind kind) in _words)
        {
            if (!IsWord(word))
                continue;
            _at += word.Length;
            return Literal(kind, word);
        }
        return ReadPath() is { } path ? new TemplateOperand(path, TemplateLiteralKind.None, "", path.Position, path.Length) : null;

        TemplateOperand Literal(TemplateLiteralKind kind, string value)
        {
            string written = _text.Substring(start, _at - start).TrimEnd();
            SkipSpace();
            return new TemplateOperand(null, kind, value, _position + start, written.Length);
        }
    }

    /// <summary>Takes a partial's name: letters, digits, and what file names have between them.</summary>
    public string ReadName()
    {
        int start = _at;
        while (_at < _text.Length && (IsWordCharacter(_text[_at]) || _text[_at] is '-' or '.' or '/'))
            _at++;
        string name = _text.Substring(start, _at - start);
        SkipSpace();
        return name;
    }

    /// <summary>Takes one character.</summary>
    public void Skip(char expected)
    {
        if (Is(expected))
            _at++;
        SkipSpace();
    }

    /// <summary>Takes letters, digits and underscores; perhaps none.</summary>
    public string ReadWord()
    {
        int start = _at;
        while (_at < _text.Length && IsWordCharacter(_text[_at]))
            _at++;
        string word = _text.Substring(start, _at - start);
        SkipSpace();
        return word;
    }

    /// <summary>Takes a text in single or double quotes, or gives null.</summary>
    public string? ReadString()
    {
        if (IsAtEnd || _text[_at] is not ('"' or '\''))
            return null;
        int end = _text.IndexOf(_text[_at], _at + 1);
        if (end < 0)
            return null;
        string value = _text.Substring(_at + 1, end - _at - 1);
        _at = end + 1;
        SkipSpace();
        return value;
    }

    /// <summary>Takes a path, or gives null if there is none.</summary>
    public TemplatePath? ReadPath()
    {
        int start = _at;
        int up = 0;
        for (; string.CompareOrdinal(_text, _at, "../", 0, 3) == 0; _at += 3)
            up++;
        bool isParent = up == 0 && string.CompareOrdinal(_text, _at, "..", 0, 2) == 0;
        if (isParent)
        {
            up = 1;
            _at += 2;
        }
        string? data = null;
        bool isThis = false;
        List<string> segments = [];
        if (Is('@'))
        {
            _at++;
            data = ReadSegment();
            if (data.Length == 0)
                return Restore(start);
        }
        else if (!isParent)
        {
            string first = ReadSegment();
            if (first.Length == 0)
                return up > 0 ? Finish() : Restore(start);
            isThis = first is "this";
            if (!isThis)
                segments.Add(first);
        }
        while (Is('.') || (Is('/') && (isThis || segments.Count > 0)))
        {
            _at++;
            string segment = ReadSegment();
            if (segment.Length == 0)
                return Restore(start);
            segments.Add(segment);
        }
        return Finish();

        TemplatePath Finish()
        {
            TemplatePath path = new(up, data, segments, _position + start, _at - start) { IsThis = isThis };
            SkipSpace();
            return path;
        }
    }

    /// <summary>Takes <c>:format</c> with all that is left, or gives null.</summary>
    public string? ReadFormat()
    {
        if (!Is(':'))
            return null;
        string format = _text.Substring(_at + 1).Trim();
        _at = _text.Length;
        return format;
    }

    /// <summary>Takes <c>as |item index|</c>, if it is there.</summary>
    public (string? Item, string? Index) ReadBlockParameters()
    {
        int start = _at;
        if (!IsWord("as"))
            return (null, null);
        ReadWord();
        if (Is('|'))
        {
            Skip('|');
            string item = ReadWord();
            string index = ReadWord();
            if (item.Length > 0 && Is('|'))
            {
                Skip('|');
                return (item, index.Length == 0 ? null : index);
            }
        }
        _at = start;
        return (null, null);
    }

    private string ReadSegment()
    {
        int start = _at;
        while (_at < _text.Length && IsWordCharacter(_text[_at]))
            _at++;
        return _text.Substring(start, _at - start);
    }

    private TemplatePath? Restore(int start)
    {
        _at = start;
        return null;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c == '_';
}
