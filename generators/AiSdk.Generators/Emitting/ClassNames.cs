using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>The names inside a generated class that must not be those of the interface's members.</summary>
internal sealed class ClassNames
{
    private readonly HashSet<string> _taken;
    private readonly Dictionary<string, string> _callers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _examples = new(StringComparer.Ordinal);

    private readonly Dictionary<string, (string Field, string Method)> _guards = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Function, int Prompt), string> _prompts = [];

    public ClassNames(InterfaceModel model)
    {
        _taken = new HashSet<string>(model.MemberNames, StringComparer.Ordinal) { model.ClassName };
        Output = Unique("Output");
        Arguments = Unique("Arguments");
        Validation = Unique("Validation");
        Comparison = model.Functions.Any(static f => f.Consistency is not null) ? Unique("Comparison") : "";
        DefaultCaller = Unique("_caller");
        Overrides = Unique("_overrides");
        Overridable = Unique("Overridable");
        foreach (FunctionModel function in model.Functions)
        {
            if (function.Failure is not null)
                continue;
            if (function.ClientKey is { } key && !_callers.ContainsKey(key))
                _callers.Add(key, Unique("_caller"));
            if (GuardEmitter.IsAwaited(function))
                _guards.Add(function.InfoName, (Unique($"_{char.ToLowerInvariant(function.InfoName[0])}{function.InfoName.Substring(1).Replace("Info", "")}Guards"), Unique(function.InfoName.Replace("Info", "") + (function.Guards.Count > 0 ? "Guarded" : "Retrieving"))));
            if (function.Examples.Count == 0)
                continue;
            _examples.Add(function.InfoName, Unique(function.InfoName + "Examples"));
            for (int i = 0; i < function.Prompts.Count; i++)
                _prompts.Add((function.InfoName, i), Unique($"{function.InfoName}Prompt{i}"));
        }
    }

    /// <summary>The class with shapes and readers.</summary>
    public string Output { get; }

    /// <summary>The class with writers of arguments.</summary>
    public string Arguments { get; }

    /// <summary>The class that checks what was read.</summary>
    public string Validation { get; }

    /// <summary>The class that compares what was read, where replies are voted on.</summary>
    public string Comparison { get; }

    /// <summary>The field with the prompt files that take the place of compiled prompts.</summary>
    public string Overrides { get; }

    /// <summary>The class that says what prompt files may name.</summary>
    public string Overridable { get; }

    /// <summary>The field with the caller over the class's own client.</summary>
    public string DefaultCaller { get; }

    /// <summary>The keys of chat clients that functions name, with their fields, in ordinal order.</summary>
    public IEnumerable<KeyValuePair<string, string>> KeyedCallers => _callers.OrderBy(static c => c.Key, StringComparer.Ordinal);

    /// <summary>All names that stand for something in the class.</summary>
    public IEnumerable<string> All => [Output, Arguments, Overridable];

    /// <summary>The field with the caller for a key.</summary>
    public string Caller(string? key) => key is null ? DefaultCaller : _callers[key];

    /// <summary>The class with a function's examples.</summary>
    public string Examples(FunctionModel function) => _examples[function.InfoName];

    /// <summary>The method that renders a prompt of a function with examples.</summary>
    public string Prompt(FunctionModel function, int prompt) => _prompts[(function.InfoName, prompt)];

    /// <summary>The field with a function's guards.</summary>
    public string Guards(FunctionModel function) => _guards[function.InfoName].Field;

    /// <summary>The method that awaits a function's guards and retrievers.</summary>
    public string Guarded(FunctionModel function) => _guards[function.InfoName].Method;

    private string Unique(string name)
    {
        string candidate = name;
        for (int number = 2; !_taken.Add(candidate); number++)
            candidate = name + number;
        return candidate;
    }
}
