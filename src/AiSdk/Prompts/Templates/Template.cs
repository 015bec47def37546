using System.Collections.Generic;

namespace AiSdk.Prompts;

/// <summary>A parsed prompt template.</summary>
/// <param name="Nodes">Its parts, in order.</param>
/// <param name="Errors">What was wrong; with errors, the nodes are what could be understood.</param>
internal sealed record Template(IReadOnlyList<TemplateNode> Nodes, IReadOnlyList<TemplateError> Errors);

/// <summary>A syntax error in a template.</summary>
/// <param name="Message">What was found and what was expected.</param>
/// <param name="Position">Where, in UTF-16 code units from 0.</param>
/// <param name="Length">How many code units it concerns.</param>
internal sealed record TemplateError(string Message, int Position, int Length);
