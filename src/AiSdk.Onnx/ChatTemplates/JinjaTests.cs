using System.Collections.Frozen;

namespace AiSdk.Onnx;

/// <summary>A test: <c>value is name(arguments)</c>.</summary>
internal delegate bool JinjaTest(RenderState state, object? value, CallArguments arguments);

/// <summary>Jinja2's tests.</summary>
internal static class JinjaTests
{
    private static readonly FrozenDictionary<string, JinjaTest> s_tests = new Dictionary<string, JinjaTest>(StringComparer.Ordinal)
    {
        ["defined"] = Simple(value => value is not Undefined),
        ["undefined"] = Simple(value => value is Undefined),
        ["none"] = Simple(value => value is null),
        ["boolean"] = Simple(value => value is bool),
        ["true"] = Simple(value => value is true),
        ["false"] = Simple(value => value is false),
        ["integer"] = Simple(value => value is long),
        ["float"] = Simple(value => value is double),
        ["number"] = Simple(value => value is long or double or bool),
        ["string"] = Simple(value => value is string),
        ["mapping"] = Simple(PythonDictionaries.IsDictionary),
        ["sequence"] = Simple(value => value is string or IReadOnlyList<object?> or Undefined || PythonDictionaries.IsDictionary(value)),
        ["iterable"] = Simple(PythonValue.IsIterable),
        ["callable"] = Simple(value => value is JinjaFunction or JinjaMacro or JinjaLoop or Undefined),
        ["escaped"] = Simple(_ => false),
        ["lower"] = (state, value, arguments) => HasCase(state, value, arguments, "lower"),
        ["upper"] = (state, value, arguments) => HasCase(state, value, arguments, "upper"),
        ["odd"] = (state, value, arguments) => Modulo(state, value, arguments, "odd", 2) == 1,
        ["even"] = (state, value, arguments) => Modulo(state, value, arguments, "even", 2) == 0,
        ["divisibleby"] = (state, value, arguments) => Modulo(state, value, CallArguments.None, "divisibleby", arguments.Bind(state, "divisibleby", "num").Integer(0, "num")) == 0,
        ["sameas"] = (state, value, arguments) => Other(state, arguments, "sameas") is var other && (ReferenceEquals(value, other) || (value is null or bool or long or string && PythonValue.TypeName(value) == PythonValue.TypeName(other) && PythonValue.AreEqual(state, value, other))),
        ["filter"] = (state, value, arguments) => value is string name && JinjaFilters.Find(name) is not null,
        ["test"] = (state, value, arguments) => value is string name && Find(name) is not null,
        ["in"] = (state, value, arguments) => PythonValue.Contains(state, Other(state, arguments, "in"), value),
        ["eq"] = Comparison(ComparisonOperator.Equal),
        ["equalto"] = Comparison(ComparisonOperator.Equal),
        ["=="] = Comparison(ComparisonOperator.Equal),
        ["ne"] = Comparison(ComparisonOperator.NotEqual),
        ["!="] = Comparison(ComparisonOperator.NotEqual),
        ["lt"] = Comparison(ComparisonOperator.Less),
        ["lessthan"] = Comparison(ComparisonOperator.Less),
        ["<"] = Comparison(ComparisonOperator.Less),
        ["le"] = Comparison(ComparisonOperator.LessOrEqual),
        ["<="] = Comparison(ComparisonOperator.LessOrEqual),
        ["gt"] = Comparison(ComparisonOperator.Greater),
        ["greaterthan"] = Comparison(ComparisonOperator.Greater),
        [">"] = Comparison(ComparisonOperator.Greater),
        ["ge"] = Comparison(ComparisonOperator.GreaterOrEqual),
        [">="] = Comparison(ComparisonOperator.GreaterOrEqual),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static JinjaTest? Find(string name) => s_tests.GetValueOrDefault(name);

    /// <summary>The message for a name that is not a test.</summary>
    public static string Unknown(string name) => $"unknown test '{name}'; supported are {string.Join(", ", s_tests.Keys.Where(key => char.IsLetter(key[0])).Order(StringComparer.Ordinal))}";

    /// <summary>Evaluates one comparison.</summary>
    public static bool Compare(RenderState state, ComparisonOperator comparison, object? left, object? right) => comparison switch
    {
        ComparisonOperator.Equal => PythonValue.AreEqual(state, left, right),
        ComparisonOperator.NotEqual => !PythonValue.AreEqual(state, left, right),
        ComparisonOperator.Less => PythonValue.Compare(state, left, right) < 0,
        ComparisonOperator.LessOrEqual => PythonValue.Compare(state, left, right) <= 0,
        ComparisonOperator.Greater => PythonValue.Compare(state, left, right) > 0,
        ComparisonOperator.GreaterOrEqual => PythonValue.Compare(state, left, right) >= 0,
        ComparisonOperator.In => PythonValue.Contains(state, right, left),
        _ => !PythonValue.Contains(state, right, left),
    };

    private static JinjaTest Simple(Func<object?, bool> test) => (state, value, arguments) =>
        arguments.IsEmpty ? test(value) : throw state.Fail("this test takes no arguments");

    private static JinjaTest Comparison(ComparisonOperator comparison) => (state, value, arguments) =>
        Compare(state, comparison, value, Other(state, arguments, "the comparison"));

    private static object? Other(RenderState state, CallArguments arguments, string test) => arguments.Bind(state, test, "other").Required(0, "other");

    private static bool HasCase(RenderState state, object? value, CallArguments arguments, string test)
    {
        arguments.Bind(state, test);
        return PythonStrings.IsCase(PythonText.Str(state, value), upper: test == "upper");
    }

    private static double Modulo(RenderState state, object? value, CallArguments arguments, string test, long divisor)
    {
        arguments.Bind(state, test);
        if (value is Undefined undefined)
            throw state.Fail(undefined.Message);
        if (!PythonNumbers.TryGet(value, out PythonNumber number))
            throw state.Fail($"the test '{test}' needs a number, not '{PythonValue.TypeName(value)}'");
        return PythonNumbers.TryGet(PythonNumbers.Calculate(state, ArithmeticOperator.Modulo, number, new PythonNumber(true, divisor, 0)), out PythonNumber result) ? result.AsDouble : 0;
    }
}
