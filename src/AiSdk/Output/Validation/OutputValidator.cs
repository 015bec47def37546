using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AiSdk.CompilerServices;

/// <summary>Collects what breaks the rules of a value's type. Called by generated code only.</summary>
/// <remarks>One for each value; not thread-safe. A place in the value is kept as steps, and becomes text only where something is wrong.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OutputValidator
{
    private const int MaxErrors = 1000;
    private const int MaxNameLength = 256;

    private static readonly EmailAddressAttribute _emailAddress = new();
    private static readonly UrlAttribute _url = new();
    private static readonly PhoneAttribute _phone = new();
    private static readonly CreditCardAttribute _creditCard = new();
    private static readonly Base64StringAttribute _base64 = new();

    private readonly List<(string? Name, int Index)> _path = [];
    private readonly List<OutputError> _errors = [];
    private int _timeouts;

    /// <summary>What citations may name.</summary>
    internal Passages Passages { get; init; } = Passages.Empty;

    /// <summary>How many rules were broken.</summary>
    public int Count { get; private set; }

    /// <summary>What is wrong, in the order of the value. Past a thousand, one entry stands for all others.</summary>
    public IReadOnlyList<OutputError> Errors => Count > MaxErrors ? [.. _errors, new OutputError("$", $"and {Count - MaxErrors} more")] : _errors;

    /// <summary>Whether an address has the form of an e-mail address, as <c>[EmailAddress]</c> has it.</summary>
    public static bool IsEmailAddress(string text) => _emailAddress.IsValid(text);

    /// <summary>Whether a text begins like an http, https or ftp address, as <c>[Url]</c> has it.</summary>
    public static bool IsUrl(string text) => _url.IsValid(text);

    /// <summary>Whether a text has the form of a phone number, as <c>[Phone]</c> has it.</summary>
    public static bool IsPhone(string text) => _phone.IsValid(text);

    /// <summary>Whether a text is a credit card number with the right check digit, as <c>[CreditCard]</c> has it.</summary>
    public static bool IsCreditCard(string text) => _creditCard.IsValid(text);

    /// <summary>Whether a text is Base64, as <c>[Base64String]</c> has it.</summary>
    public static bool IsBase64String(string text) => _base64.IsValid(text);

    /// <summary>A scalar's text as it stands in JSON, without quotes.</summary>
    public static string Text<T>(T value)
        where T : notnull => ValueText.Plain(value);

    /// <summary>A date as it compares with a limit in UTC; one that says no time zone is left as it is.</summary>
    public static DateTime ToUtc(DateTime value) => value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value;

    /// <summary>Goes down to a property or a dictionary's entry.</summary>
    /// <param name="name">The name in JSON.</param>
    public void Enter(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        // A name can be as long as the reply, and each error below it says it.
        _path.Add((name.Length <= MaxNameLength ? name : ValueText.Cut(name, MaxNameLength), 0));
    }

    /// <summary>Goes down to a list's element.</summary>
    /// <param name="index">Its index, from 0.</param>
    public void Enter(int index) => _path.Add((null, index));

    /// <summary>Goes back up.</summary>
    public void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>Whether a value is nested deeper than any reply; this is then an error. What a type itself puts into its properties can be a cycle.</summary>
    public bool IsTooDeep()
    {
        if (_path.Count <= OutputReader.MaxDepth)
            return false;
        Add("depth", null, $"nested deeper than {OutputReader.MaxDepth} levels");
        return true;
    }

    /// <summary>Notes a value that breaks a rule.</summary>
    /// <param name="value">The value.</param>
    /// <param name="rule">The annotation as it is written.</param>
    /// <param name="problem">The end of a sentence that begins with the value: <c>is not at least 1</c>.</param>
    /// <param name="message">The annotation's own message, to take instead.</param>
    public void Fail<T>(T value, string rule, string problem, string? message = null)
    {
        // The text is made only where it is kept.
        if (Count >= MaxErrors)
        {
            Count++;
            return;
        }
        string text = ValueText.Of(value);
        Add(rule, text, message ?? $"{text} {problem}");
    }

    /// <summary>Checks a text's length in Unicode code points, as JSON Schema counts it.</summary>
    public void CheckLength(string text, string rule, int minimum = 0, int maximum = int.MaxValue, string? message = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        int length = text.Length;
        // A code point takes one or two UTF-16 units: counting is needed near the limits only.
        if (length > maximum || length < 2L * minimum)
            length = CodePoints(text);
        if (length < minimum || length > maximum)
            Fail(text, rule, $"has {length} characters, where {Allowed(minimum, maximum)}", message);
    }

    /// <summary>Checks a list's or dictionary's length.</summary>
    public void CheckCount<T>(T items, int count, string rule, int minimum = 0, int maximum = int.MaxValue, string? message = null)
    {
        if (count < minimum || count > maximum)
            Fail(items, rule, $"has {count} items, where {Allowed(minimum, maximum)}", message);
    }

    /// <summary>Checks that a text is not empty or blank, as <c>[Required]</c> has it.</summary>
    public void CheckNotBlank(string text, string rule, string? message = null)
    {
        if (string.IsNullOrWhiteSpace(text))
            Fail(text, rule, "is blank, where a text is required", message);
    }

    /// <summary>Checks that a citation names a passage that was shown, and that its quote occurs there.</summary>
    public void CheckCitation(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        if (Passages.Check(citation) is not { } problem)
            return;
        bool isId = Passages.Find(citation.PassageId) is null;
        Enter(isId ? "passageId" : "quote");
        Fail(isId ? citation.PassageId : citation.Quote, "[Retrieve]", problem);
        Leave();
    }

    /// <summary>Checks that a pattern matches a whole text. An empty text passes, as in <c>RegularExpressionAttribute</c>.</summary>
    public void CheckPattern(string text, OutputPattern pattern, string rule, string? message = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(pattern);
        if (text.Length > 0 && Problem(pattern, text) is { } problem)
            Fail(text, rule, problem, message);
    }

    internal string? Problem(OutputPattern pattern, string text) => pattern.Problem(text, ref _timeouts);

    /// <summary>Lets an annotation check a property or, where <paramref name="member"/> is null, an object.</summary>
    /// <param name="rule">The annotation.</param>
    /// <param name="value">The value; may be null.</param>
    /// <param name="instance">The object that has it.</param>
    /// <param name="displayName">What messages call it.</param>
    /// <param name="member">The property's name in C#.</param>
    /// <param name="jsonName">The name in JSON of a property of the object, by its name in C#.</param>
    public void Check(OutputRule rule, object? value, object instance, string displayName, string? member, Func<string, string?>? jsonName = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        try
        {
            ValidationContext context = new(instance, displayName, null, null) { MemberName = member };
            if (rule.Attribute.GetValidationResult(value, context) is { } result)
                Add(rule.Text, value, result, jsonName);
        }
        catch (Exception e) when (IsOfRule(e))
        {
            Fail(value, rule.Text, Broken(e));
        }
    }

    /// <summary>Lets an object check itself.</summary>
    /// <param name="value">The object.</param>
    /// <param name="displayName">What messages call it.</param>
    /// <param name="jsonName">The name in JSON of a property of the object, by its name in C#.</param>
    public void Check(IValidatableObject value, string displayName, Func<string, string?> jsonName)
    {
        ArgumentNullException.ThrowIfNull(value);
        const string Rule = nameof(IValidatableObject);
        try
        {
            foreach (ValidationResult? result in value.Validate(new ValidationContext(value, displayName, null, null)) ?? [])
            {
                // Success is null.
                if (result is not null)
                    Add(Rule, value, result, jsonName);
            }
        }
        catch (Exception e) when (IsOfRule(e))
        {
            Fail(value, Rule, Broken(e));
        }
    }

    internal void Add(string rule, string? value, string message)
    {
        if (++Count <= MaxErrors)
            _errors.Add(new OutputError(JsonPath.Format(_path), message) { Rule = rule, Value = value });
    }

    /// <summary>How many Unicode code points a text has; half a surrogate pair counts as one.</summary>
    internal static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int at; (at = text.IndexOfAnyInRange('\uD800', '\uDBFF')) >= 0; text = text[(at + 1)..])
        {
            if (at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
                count--;
        }
        return count;
    }

    internal static string Allowed(int minimum, int maximum) => (minimum, maximum) switch
    {
        (_, int.MaxValue) => $"at least {minimum} are required",
        ( <= 0, _) => $"at most {maximum} are allowed",
        _ when minimum == maximum => $"exactly {minimum} are required",
        _ => $"{minimum} to {maximum} are allowed",
    };

    private void Add(string rule, object? value, ValidationResult result, Func<string, string?>? jsonName)
    {
        string text = ValueText.Of(value);
        string message = result.ErrorMessage ?? $"{text} is not valid";
        bool added = false;
        if (jsonName is not null)
        {
            foreach (string member in result.MemberNames)
            {
                if (jsonName(member) is not { } name)
                    continue;
                Enter(name);
                Add(rule, text, message);
                Leave();
                added = true;
            }
        }
        if (!added)
            Add(rule, text, message);
    }

    // An exception of the rule's own code says that it does not hold, not that the call failed.
    private static bool IsOfRule(Exception exception) => exception is not (OutOfMemoryException or OperationCanceledException);

    private static string Broken(Exception exception) => $"could not be checked: {exception.GetType().Name}: {exception.Message}";
}
