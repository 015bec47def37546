using System.Collections.Frozen;

namespace AiSdk.Onnx;

/// <summary>The functions that every template can call.</summary>
internal static class JinjaGlobals
{
    private static readonly FrozenDictionary<string, JinjaFunction> s_functions = new JinjaFunction[]
    {
        new("raise_exception", RaiseException),
        new("strftime_now", StrftimeNow),
        new("namespace", Namespace),
        new("range", Range),
        new("dict", Dictionary),
        new("cycler", Cycler),
        new("joiner", Joiner),
    }.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    public static JinjaFunction? Find(string name) => s_functions.GetValueOrDefault(name);

    private static object? RaiseException(RenderState state, CallArguments arguments) =>
        throw state.Raise(PythonText.Str(state, arguments.Bind(state, "raise_exception", "message").Required(0, "message")));

    private static string StrftimeNow(RenderState state, CallArguments arguments) =>
        PythonTime.Format(state, state.TimeProvider.GetLocalNow(), arguments.Bind(state, "strftime_now", "format").Text(0, "format"));

    private static JinjaNamespace Namespace(RenderState state, CallArguments arguments)
    {
        JinjaNamespace result = new();
        Fill(state, result.Attributes, "namespace", arguments);
        return result;
    }

    private static PythonDictionary Dictionary(RenderState state, CallArguments arguments)
    {
        PythonDictionary result = new();
        Fill(state, result, "dict", arguments);
        return result;
    }

    private static void Fill(RenderState state, PythonDictionary target, string function, CallArguments arguments)
    {
        if (arguments.Positional.Length > 1)
            throw state.Fail($"'{function}' takes at most one argument without a name");
        foreach (object? source in arguments.Positional)
        {
            if (PythonDictionaries.IsDictionary(source))
            {
                foreach ((object? key, object? value) in PythonDictionaries.Entries(state, source!))
                {
                    state.ChargeItems(1);
                    target.Set(state, key, value);
                }
                continue;
            }
            foreach (object? item in PythonValue.ToList(state, source))
            {
                List<object?> pair = PythonValue.ToList(state, item);
                if (pair.Count != 2)
                    throw state.Fail($"'{function}' needs pairs of a key and a value");
                target.Set(state, pair[0], pair[1]);
            }
        }
        foreach ((string key, object? value) in arguments.Named)
            target.Set(state, key, value);
    }

    private static PythonRange Range(RenderState state, CallArguments arguments)
    {
        BoundArguments bound = arguments.Bind(state, "range", "start", "stop", "step");
        long start = bound.Has(1) ? bound.Integer(0, "start") : 0;
        long stop = bound.Integer(bound.Has(1) ? 1 : 0, "stop");
        long step = bound.Integer(2, "step", 1);
        if (step == 0)
            throw state.Fail("the step of 'range' cannot be zero");
        Int128 span = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        Int128 count = span <= 0 ? 0 : ((span - 1) / Int128.Abs(step)) + 1;
        return count <= RenderLimits.RangeLength
            ? new PythonRange(start, stop, step, (int)count)
            : throw state.Fail($"a range of {count} members exceeds the limit of {RenderLimits.RangeLength}");
    }

    private static JinjaCycler Cycler(RenderState state, CallArguments arguments) =>
        arguments.Positional.Length > 0 ? new JinjaCycler(arguments.Positional) : throw state.Fail("'cycler' needs values");

    private static JinjaFunction Joiner(RenderState state, CallArguments arguments)
    {
        string separator = arguments.Bind(state, "joiner", "sep").Text(0, "sep", ", ");
        bool isFirst = true;
        return new JinjaFunction("joiner", (_, _) =>
        {
            if (!isFirst)
                return separator;
            isFirst = false;
            return "";
        });
    }
}
