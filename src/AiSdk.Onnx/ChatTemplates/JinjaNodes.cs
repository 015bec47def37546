namespace AiSdk.Onnx;

/// <summary>A statement of a template.</summary>
internal abstract record JinjaStatement(int Line);

/// <summary>Statements in sequence, without a scope of their own.</summary>
internal sealed record JinjaBlock(JinjaStatement[] Statements);

/// <summary>Text between tags.</summary>
internal sealed record TextStatement(string Text, int Line) : JinjaStatement(Line);

/// <summary><c>{{ value }}</c></summary>
internal sealed record OutputStatement(JinjaExpression Value, int Line) : JinjaStatement(Line);

/// <summary><c>{% if %}</c> with its <c>elif</c> branches in order.</summary>
internal sealed record IfStatement((JinjaExpression Condition, JinjaBlock Body)[] Branches, JinjaBlock? Else, int Line) : JinjaStatement(Line);

/// <summary><c>{% for target in items if condition %}</c></summary>
internal sealed record ForStatement(
    JinjaTarget Target, JinjaExpression Items, JinjaExpression? Condition, bool IsRecursive, JinjaBlock Body, JinjaBlock? Else, int Line) : JinjaStatement(Line);

/// <summary><c>{% break %}</c></summary>
internal sealed record BreakStatement(int Line) : JinjaStatement(Line);

/// <summary><c>{% continue %}</c></summary>
internal sealed record ContinueStatement(int Line) : JinjaStatement(Line);

/// <summary><c>{% set target = value %}</c></summary>
internal sealed record SetStatement(JinjaTarget Target, JinjaExpression Value, int Line) : JinjaStatement(Line);

/// <summary><c>{% set target | filters %}…{% endset %}</c></summary>
internal sealed record SetBlockStatement(JinjaTarget Target, FilterStep[] Filters, JinjaBlock Body, int Line) : JinjaStatement(Line);

/// <summary><c>{% filter name %}…{% endfilter %}</c></summary>
internal sealed record FilterBlockStatement(FilterStep[] Filters, JinjaBlock Body, int Line) : JinjaStatement(Line);

/// <summary><c>{% with a = b %}…{% endwith %}</c>; also <c>{% generation %}</c>, which has a scope and no variables.</summary>
internal sealed record WithStatement((JinjaTarget Target, JinjaExpression Value)[] Variables, JinjaBlock Body, int Line) : JinjaStatement(Line);

/// <summary><c>{% macro name(parameters) %}</c></summary>
internal sealed record MacroStatement(MacroDefinition Macro, int Line) : JinjaStatement(Line);

/// <summary><c>{% call(parameters) macro() %}…{% endcall %}</c></summary>
internal sealed record CallBlockStatement(MacroDefinition Caller, CallExpression Call, int Line) : JinjaStatement(Line);

/// <summary>A macro: its parameters, and which of the implicit variables its body asks for.</summary>
internal sealed record MacroDefinition(string Name, MacroParameter[] Parameters, JinjaBlock Body, bool UsesVarargs, bool UsesKwargs, bool UsesCaller, int Line);

/// <summary>A parameter of a macro.</summary>
internal sealed record MacroParameter(string Name, JinjaExpression? Default);

/// <summary>One filter of a block, with its arguments.</summary>
internal sealed record FilterStep(string Name, JinjaFilter? Filter, JinjaArguments Arguments, int Line);

/// <summary>What a value can be assigned to.</summary>
internal abstract record JinjaTarget(int Line);

/// <summary>A variable.</summary>
internal sealed record NameTarget(string Name, int Line) : JinjaTarget(Line);

/// <summary>An attribute of a <c>namespace()</c>.</summary>
internal sealed record NamespaceTarget(string Name, string Attribute, int Line) : JinjaTarget(Line);

/// <summary>Several targets, which take a sequence apart.</summary>
internal sealed record TupleTarget(JinjaTarget[] Items, int Line) : JinjaTarget(Line);

/// <summary>An expression of a template.</summary>
internal abstract record JinjaExpression(int Line);

/// <summary>A literal.</summary>
internal sealed record ConstantExpression(object? Value, int Line) : JinjaExpression(Line);

/// <summary>A variable.</summary>
internal sealed record NameExpression(string Name, int Line) : JinjaExpression(Line);

/// <summary><c>[a, b]</c></summary>
internal sealed record ListExpression(JinjaExpression[] Items, int Line) : JinjaExpression(Line);

/// <summary><c>(a, b)</c></summary>
internal sealed record TupleExpression(JinjaExpression[] Items, int Line) : JinjaExpression(Line);

/// <summary><c>{a: b}</c></summary>
internal sealed record DictionaryExpression((JinjaExpression Key, JinjaExpression Value)[] Items, int Line) : JinjaExpression(Line);

/// <summary><c>value.name</c></summary>
internal sealed record AttributeExpression(JinjaExpression Value, string Name, int Line) : JinjaExpression(Line);

/// <summary><c>value[index]</c></summary>
internal sealed record IndexExpression(JinjaExpression Value, JinjaExpression Index, int Line) : JinjaExpression(Line);

/// <summary><c>value[start:stop:step]</c></summary>
internal sealed record SliceExpression(JinjaExpression Value, JinjaExpression? Start, JinjaExpression? Stop, JinjaExpression? Step, int Line) : JinjaExpression(Line);

/// <summary><c>function(arguments)</c></summary>
internal sealed record CallExpression(JinjaExpression Function, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

/// <summary><c>value | name(arguments)</c></summary>
internal sealed record FilterExpression(JinjaExpression Value, FilterStep Step, int Line) : JinjaExpression(Line);

/// <summary><c>value is name(arguments)</c></summary>
internal sealed record TestExpression(JinjaExpression Value, string Name, JinjaTest? Test, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

/// <summary><c>not value</c></summary>
internal sealed record NotExpression(JinjaExpression Value, int Line) : JinjaExpression(Line);

/// <summary><c>-value</c> or <c>+value</c></summary>
internal sealed record SignExpression(JinjaExpression Value, bool IsNegative, int Line) : JinjaExpression(Line);

/// <summary><c>left and right</c>, which gives one of the operands.</summary>
internal sealed record AndExpression(JinjaExpression Left, JinjaExpression Right, int Line) : JinjaExpression(Line);

/// <summary><c>left or right</c>, which gives one of the operands.</summary>
internal sealed record OrExpression(JinjaExpression Left, JinjaExpression Right, int Line) : JinjaExpression(Line);

/// <summary><c>then if condition else otherwise</c></summary>
internal sealed record ConditionalExpression(JinjaExpression Condition, JinjaExpression Then, JinjaExpression? Otherwise, int Line) : JinjaExpression(Line);

/// <summary><c>a + b + c</c>, kept together so that strings are copied once.</summary>
internal sealed record SumExpression(JinjaExpression[] Operands, int Line) : JinjaExpression(Line);

/// <summary><c>a ~ b ~ c</c></summary>
internal sealed record ConcatenationExpression(JinjaExpression[] Operands, int Line) : JinjaExpression(Line);

/// <summary>An arithmetic operation other than a sum.</summary>
internal sealed record ArithmeticExpression(ArithmeticOperator Operator, JinjaExpression Left, JinjaExpression Right, int Line) : JinjaExpression(Line);

/// <summary><c>a &lt; b &lt;= c</c>: comparisons, chained as in Python.</summary>
internal sealed record ComparisonExpression(JinjaExpression First, (ComparisonOperator Operator, JinjaExpression Operand)[] Rest, int Line) : JinjaExpression(Line);

/// <summary>The arguments of a call, filter or test.</summary>
internal sealed record JinjaArguments(
    JinjaExpression[] Positional, (string Name, JinjaExpression Value)[] Named, JinjaExpression? Unpacked, JinjaExpression? UnpackedNamed)
{
    /// <summary>No arguments.</summary>
    public static JinjaArguments None { get; } = new([], [], null, null);

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Positional.Length == 0 && Named.Length == 0 && Unpacked is null && UnpackedNamed is null;
}

/// <summary>The arithmetic operators besides <c>+</c>.</summary>
internal enum ArithmeticOperator
{
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
}

/// <summary>The comparison operators.</summary>
internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}
