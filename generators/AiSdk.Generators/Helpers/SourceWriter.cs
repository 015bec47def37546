using System.Text;

namespace AiSdk.Generators.Helpers;

/// <summary>Writes indented C# text with <c>\n</c> line ends.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _indentation;

    /// <summary>Writes lines; each gets the current indentation, empty ones none.</summary>
    public void WriteLine(string lines = "")
    {
        int at = 0;
        while (true)
        {
            int end = lines.IndexOf('\n', at);
            string line = end < 0 ? lines.Substring(at) : lines.Substring(at, end - at);
            if (line.Length > 0)
                _text.Append(' ', _indentation * 4).Append(line);
            _text.Append('\n');
            if (end < 0)
                return;
            at = end + 1;
        }
    }

    /// <summary>Writes lines and an opening brace, and indents.</summary>
    public void OpenBlock(string lines)
    {
        WriteLine(lines);
        WriteLine("{");
        _indentation++;
    }

    /// <summary>Ends the indentation and writes a closing brace, without a blank line before it.</summary>
    public void CloseBlock(string after = "")
    {
        if (_text.Length > 1 && _text[_text.Length - 1] == '\n' && _text[_text.Length - 2] == '\n')
            _text.Length--;
        _indentation--;
        WriteLine("}" + after);
    }

    /// <summary>Indents what follows by one step.</summary>
    public void Indent() => _indentation++;

    /// <summary>Takes one step of indentation back.</summary>
    public void Unindent() => _indentation--;

    public override string ToString() => _text.ToString();
}
