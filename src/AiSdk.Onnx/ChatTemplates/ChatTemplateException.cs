namespace AiSdk.Onnx;

/// <summary>A chat template could not be parsed or rendered, or refused the conversation by its own <c>raise_exception</c>.</summary>
/// <remarks>
/// <see cref="Exception.Message"/> names the template, the line, what was found and what is supported; for
/// <c>raise_exception</c> it is the template's own message, unchanged (<see cref="IsRaisedByTemplate"/>).
/// </remarks>
public sealed class ChatTemplateException : Exception
{
    internal ChatTemplateException(string message, string templateName, int line, bool isRaisedByTemplate = false)
        : base(message)
    {
        TemplateName = templateName;
        Line = line;
        IsRaisedByTemplate = isRaisedByTemplate;
    }

    /// <summary>The name under which the template was loaded, usually its file.</summary>
    public string TemplateName { get; }

    /// <summary>The line of the template, counted from 1.</summary>
    public int Line { get; }

    /// <summary>Whether the template itself refused the input, for example because roles do not alternate.</summary>
    public bool IsRaisedByTemplate { get; }
}
