
namespace AiSdk;

/// <summary>Ends the call if the reply has a number or a name that the model was not given: in no prompt and no argument.</summary>
/// <remarks>
/// Numbers are compared by value (<c>1,250.00</c> is <c>1250</c>), names word by word without regard to case. The first word of a sentence counts only where a second capital follows; in a typed reply a string of
/// one word with a capital is a name, unless the type has that word, as the values of an enum are.
/// Meant for text in English and languages like it in this; where every noun has a capital, switch names off. Safe for concurrent use.
/// </remarks>
public class GroundingGuard : IStreamingOutputGuard
{
    private readonly GroundingScanner _text;
    private readonly GroundingScanner _json;

    /// <summary>A guard of numbers and names.</summary>
    public GroundingGuard()
        : this(withNames: true)
    {
    }

    /// <summary>A guard of numbers and, if wanted, names.</summary>
    /// <param name="withNames">Whether names must be in the context as well.</param>
    public GroundingGuard(bool withNames)
    {
        _text = new GroundingScanner(withNames, isJson: false);
        _json = new GroundingScanner(withNames, isJson: true);
    }

    /// <summary>What the reply says that the context does not: numbers and words of names, in order.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="sources">The context.</param>
    public IReadOnlyList<string> FindUngrounded(string reply, IEnumerable<string> sources)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(sources);
        Ground ground = new(sources);
        GroundingScanner scanner = reply.AsSpan().TrimStart() is ['{' or '[', ..] ? _json : _text;
        return [.. scanner.Find(reply).Where(claim => !ground.Has(reply.AsSpan(claim.Start, claim.Length), claim.Kind)).Select(claim => reply.Substring(claim.Start, claim.Length))];
    }

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return new(OpenWindow(context).Check(reply));
    }

    /// <inheritdoc/>
    public ReplyWindow OpenWindow(GuardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new Window(context.Function?.Output is null ? _text : _json, context);
    }

    /// <summary>The numbers and words of the context.</summary>
    private sealed class Ground
    {
        private readonly HashSet<string> _numbers = new(StringComparer.Ordinal);
        private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);

        public Ground(IEnumerable<string> sources, OutputSchema? type = null)
        {
            foreach (string written in sources)
            {
                string source = ScannedText.Plain(written, isLast: true).Text;
                AddWords(source);
                AddNumbers(source);
            }
            // The model was given this too, in no message where the endpoint takes it.
            if (type is not null)
                AddWords(type.TypeScript);
        }

        public bool Has(ReadOnlySpan<char> written, GroundingScanner.Claim kind)
        {
            string claim = ScannedText.Plain(written.ToString(), isLast: true).Text;
            if (kind == GroundingScanner.Claim.Name)
            {
                foreach (Range part in claim.AsSpan().Split('-'))
                {
                    if (!_words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(claim.AsSpan(part)))
                        return false;
                }
                return true;
            }
            foreach (string value in Values(claim))
            {
                if (_numbers.Contains(value))
                    return true;
            }
            return false;
        }

        private void AddWords(string source)
        {
            for (int i = 0; i < source.Length; i++)
            {
                int start = i;
                while (i < source.Length && char.IsLetterOrDigit(source[i]))
                    i++;
                if (i > start)
                    _words.Add(source[start..i]);
            }
        }

        private void AddNumbers(string source)
        {
            for (int i = 0; i < source.Length; i++)
            {
                int start = i;
                while (i < source.Length && (char.IsAsciiDigit(source[i]) || (i > start && source[i] is '.' or ',' && i + 1 < source.Length && char.IsAsciiDigit(source[i + 1]))))
                    i++;
                if (i > start)
                    AddValues(source.AsSpan(start, i - start));
            }
        }

        private void AddValues(ReadOnlySpan<char> number)
        {
            foreach (string value in Values(number.ToString()))
                _numbers.Add(value);
            // 2026.05.03 is a date, whose parts may be said otherwise.
            foreach (Range part in number.SplitAny('.', ','))
                _numbers.Add(Trimmed(number[part].ToString(), ""));
        }

        /// <summary>What the digits can mean: a comma or a point may group or begin the fraction.</summary>
        private static IEnumerable<string> Values(string number)
        {
            int last = number.LastIndexOfAny(['.', ',']);
            if (last < 0)
            {
                yield return Trimmed(number, "");
                yield break;
            }
            string digits = Digits(number);
            bool isOneKind = number.AsSpan().Count(number[last]) == number.AsSpan().Count('.') + number.AsSpan().Count(',');
            bool mayGroup = isOneKind && number.Length - last == 4;
            if (mayGroup)
                yield return Trimmed(digits, "");
            if (!isOneKind || number.IndexOfAny(['.', ',']) == last)
                yield return Trimmed(Digits(number[..last]), number[(last + 1)..]);
            else if (!mayGroup)
                yield return number;
        }

        private static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));

        private static string Trimmed(string whole, string fraction)
        {
            whole = whole.TrimStart('0');
            fraction = fraction.TrimEnd('0');
            return fraction.Length == 0 ? (whole.Length == 0 ? "0" : whole) : $"{(whole.Length == 0 ? "0" : whole)}.{fraction}";
        }
    }

    private sealed class Window(GroundingScanner scanner, GuardContext context) : ScanWindow<GroundingScanner.Claim>(scanner)
    {
        private Ground _ground = new(context.Sources, context.Function?.Output);
        private int _sources = context.Sources.Count;
        private string _claim = "";

        protected override bool Replace(ReadOnlySpan<char> found, GroundingScanner.Claim kind, out string? replacement)
        {
            replacement = null;
            // While a reply comes, tools may give the model more.
            if (context.Sources.Count != _sources)
            {
                _ground = new Ground(context.Sources, context.Function?.Output);
                _sources = context.Sources.Count;
            }
            if (_ground.Has(found, kind))
                return false;
            _claim = found.ToString();
            return true;
        }

        protected override string Reason(GroundingScanner.Claim kind) => kind == GroundingScanner.Claim.Name
            ? $"the name '{_claim}' is in nothing that the model was given"
            : $"the number {_claim} is in nothing that the model was given";
    }
}
