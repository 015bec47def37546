namespace AiSdk.Generators;

/// <summary>The names of the pipeline's steps, by which tests see what was recomputed.</summary>
internal static class TrackingNames
{
    /// <summary>An annotated interface was parsed as far as it goes without files.</summary>
    public const string ParsedInterfaces = nameof(ParsedInterfaces);

    /// <summary>An annotated interface became its model.</summary>
    public const string Interfaces = nameof(Interfaces);

    /// <summary>The files that declarations may name were gathered.</summary>
    public const string Files = nameof(Files);

    /// <summary>An annotated interface that names files became its model.</summary>
    public const string InterfacesWithFiles = nameof(InterfacesWithFiles);

    /// <summary>The types were gathered of which functions give parts.</summary>
    public const string Partials = nameof(Partials);

    /// <summary>A type with tools became its model.</summary>
    public const string Tools = nameof(Tools);

    /// <summary>An annotated interface became the model of its functions as tools.</summary>
    public const string FunctionTools = nameof(FunctionTools);

    /// <summary>An annotated interface became the model of its functions with cases.</summary>
    public const string Cases = nameof(Cases);

    /// <summary>The files of cases were gathered.</summary>
    public const string CaseFiles = nameof(CaseFiles);

    /// <summary>The cases of an interface were checked.</summary>
    public const string CheckedCases = nameof(CheckedCases);
}
