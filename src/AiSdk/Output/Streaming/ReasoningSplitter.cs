using System.Globalization;
using System.Text;

namespace AiSdk;

/// <summary>
/// Takes the field for reasoning out of a reply while it arrives, so that what is left can be read like a reply that never had it. A reply in which the field is not where it should be, or not well-formed,
/// passes as it is: the reading of the whole decides then.
/// </summary>
internal sealed class ReasoningSplitter
{
    private const int MaxTag = 16;

    private static readonly string[] _opens = ["<think>", "<thinking>", "<reasoning>", "[THINK]"];
    private static readonly string[] _ends = ["</think>", "</thinking>", "</reasoning>", "[/THINK]"];

    // What has to follow, blanks aside: up to the text, and behind it.
    private static readonly string[] _before = ["{", $"\"{OutputSchema.ReasoningName}\"", ":", "\""];
    private static readonly string[] _behind = [",", $"\"{OutputSchema.Wrapper}\"", ":"];

    // All that is not decided yet: given back as it came if it was no field.
    private readonly StringBuilder _held = new();
    private readonly StringBuilder _tail = new();
    private State _state;
    private int _token;
    private int _matched;
    private int _valueAt;
    private int _escape;
    private int _code;

    private enum State
    {
        Before,
        Thinking,
        Head,
        Text,
        Behind,
        Done,
    }

    /// <summary>The reasoning so far.</summary>
    public ReasoningText Reasoning { get; init; } = new();

    /// <summary>Takes a piece of the reply and gives what its value's reader should see now.</summary>
    public string Append(string piece)
    {
        if (_state == State.Done)
            return piece;
        StringBuilder passed = new();
        for (int i = 0; i < piece.Length; i++)
        {
            char c = piece[i];
            switch (_state)
            {
                case State.Before or State.Thinking:
                    if (_state == State.Before && c == '{')
                    {
                        Hold(State.Head, c);
                        break;
                    }
                    passed.Append(c);
                    Watch(c);
                    break;
                case State.Text:
                    _held.Append(c);
                    if (!TryRead(c))
                        GiveUp(passed);
                    break;
                case State.Head or State.Behind:
                    _held.Append(c);
                    if (!Follows(c))
                        GiveUp(passed);
                    else if (_token == (_state == State.Head ? _before : _behind).Length)
                        Advance(passed);
                    break;
                default:
                    return passed.Append(piece, i, piece.Length - i).ToString();
            }
        }
        return passed.ToString();
    }

    private void Hold(State state, char c)
    {
        _state = state;
        _held.Append(c);
        (_token, _matched) = (1, 0);
    }

    /// <summary>Looks for the tags around thoughts, in which a brace begins nothing.</summary>
    private void Watch(char c)
    {
        if (_tail.Length > 0 || !char.IsWhiteSpace(c))
            _tail.Append(c);
        if (_state == State.Thinking && _tail.Length > MaxTag)
            _tail.Remove(0, _tail.Length - MaxTag);
        if (c is not ('>' or ']') || _tail.Length > MaxTag)
            return;
        string tail = _tail.ToString();
        if (_state == State.Before && _opens.Any(open => tail.StartsWith(open, StringComparison.OrdinalIgnoreCase)))
            _state = State.Thinking;
        else if (_state == State.Thinking && _ends.Any(end => tail.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
            _state = State.Before;
    }

    private bool Follows(char c)
    {
        string token = (_state == State.Head ? _before : _behind)[_token];
        if (_matched == 0 && c is ' ' or '\t' or '\r' or '\n')
            return true;
        if (_state == State.Behind && _token == 1 && _matched == 0)
            _valueAt = _held.Length - 1;
        if (token[_matched] != c)
            return false;
        if (++_matched == token.Length)
            (_token, _matched) = (_token + 1, 0);
        return true;
    }

    private void Advance(StringBuilder passed)
    {
        if (_state == State.Head)
        {
            _state = State.Text;
            return;
        }
        _state = State.Done;
        passed.Append('{').Append(_held, _valueAt, _held.Length - _valueAt);
        _held.Clear();
    }

    private void GiveUp(StringBuilder passed)
    {
        _state = State.Done;
        passed.Append(_held);
        _held.Clear();
    }

    /// <summary>Reads a character of the text; false if none may stand there.</summary>
    private bool TryRead(char c)
    {
        switch (_escape)
        {
            case 0 when c == '"':
                _state = State.Behind;
                (_token, _matched) = (0, 0);
                return true;
            case 0 when c == '\\':
                _escape = 1;
                return true;
            case 0:
                // Line breaks that should have been escaped do not hide where the text ends.
                if (c < ' ' && c is not ('\n' or '\r' or '\t'))
                    return false;
                Reasoning.Append([c]);
                return true;
            case 1 when c == 'u':
                (_escape, _code) = (2, 0);
                return true;
            case 1:
                _escape = 0;
                int known = "\"\\/bfnrt".IndexOf(c, StringComparison.Ordinal);
                if (known < 0)
                    return false;
                Reasoning.Append(["\"\\/\b\f\n\r\t"[known]]);
                return true;
            default:
                if (!int.TryParse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int digit))
                    return false;
                _code = (_code << 4) | digit;
                if (++_escape < 6)
                    return true;
                _escape = 0;
                Reasoning.Append([(char)_code]);
                return true;
        }
    }
}
