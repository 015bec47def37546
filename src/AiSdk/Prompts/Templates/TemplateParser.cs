using System;
using System.Collections.Generic;
using System.Globalization;

namespace AiSdk.Prompts;

/// <summary>Parses prompt templates: Handlebars as Dotprompt uses it. Never throws; what is wrong is in <see cref="Template.Errors"/>.</summary>
internal sealed class TemplateParser
{
    /// <summary>How deep blocks may nest.</summary>
    private const int MaxDepth = 64;

    private readonly IReadOnlyList<TemplateToken> _tokens;
    private readonly List<TemplateError> _errors;
    private int _next;
    private int _depth;

    private TemplateParser(IReadOnlyList<TemplateToken> tokens, List<TemplateError> errors)
    {
        _tokens = tokens;
        _errors = errors;
    }

    /// <summary>Parses a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="indentation">Blanks to put before each of its lines.</param>
    public static Template Parse(string template, string indentation = "")
    {
        List<TemplateError> errors = [];
        TemplateParser parser = new(TemplateLexer.Tokenize(template, indentation, errors), errors);
        List<TemplateNode> nodes = [];
        while (parser._next < parser._tokens.Count)
        {
            parser.ParseUntilBlockEnd(nodes);
            if (parser._next < parser._tokens.Count)
            {
                TemplateToken stray = parser._tokens[parser._next++];
                parser.Error($"'{{{{{stray.Text.Trim()}}}}}' closes no block", stray);
            }
        }
        return new Template(nodes, errors);
    }

    /// <summary>Reads nodes up to <c>{{else…}}</c>, <c>{{/…}}</c> or the end, which it leaves.</summary>
    private void ParseUntilBlockEnd(List<TemplateNode> nodes)
    {
        for (; _next < _tokens.Count; _next++)
        {
            TemplateToken token = _tokens[_next];
            if (!token.IsTag)
            {
                nodes.Add(new TextNode(token.Text, token.Position));
                continue;
            }
            TagReader tag = new(token);
            if (tag.Is('/') || tag.Is('^') || tag.IsWord("else"))
                return;
            if (tag.Is('#'))
            {
                if (ParseBlock(token, tag) is { } block)
                    nodes.Add(block);
                _next--;
            }
            else if (ParseInline(token, tag) is { } node)
            {
                nodes.Add(node);
            }
        }
    }

    private TemplateNode? ParseInline(TemplateToken token, TagReader tag)
    {
        if (tag.Is('>'))
            return ParsePartial(token, tag);
        if (tag.IsAtEnd)
            return Error("an empty '{{}}': expected a parameter's name (write \\{{ for literal braces)", token);

        if (tag.TryHelper("role"))
        {
            string? role = tag.ReadString();
            if (role is not ("system" or "user" or "model" or "assistant") || !tag.IsAtEnd)
                return Error("expected {{role \"system\"}}, {{role \"user\"}} or {{role \"model\"}}", token);
            return new RoleNode(role == "assistant" ? "model" : role, token.Position);
        }
        if (tag.TryHelper("json"))
        {
            TemplatePath? path = tag.ReadPath();
            int indent = 0;
            if (path is not null && tag.TryArgument("indent") && !int.TryParse(tag.ReadWord(), NumberStyles.None, CultureInfo.InvariantCulture, out indent))
                return Error("expected a number of spaces: {{json value indent=2}}", token);
            if (path is null || !tag.IsAtEnd)
                return Error("expected {{json value}} or {{json value indent=2}}", token);
            return new JsonNode(path, indent, token.Position);
        }
        if (tag.TryHelper("section"))
        {
            string? name = tag.ReadString();
            return string.IsNullOrWhiteSpace(name) || !tag.IsAtEnd ? Error("expected {{section \"name\"}}", token) : new SectionNode(name!, token.Position);
        }
        if (tag.TryHelper("media"))
            return ParseMedia(token, tag);
        if (tag.IsWord("history"))
            return new HistoryNode(token.Position);

        TemplatePath? value = tag.ReadPath();
        if (value is null)
            return Error($"'{token.Text.Trim()}' is not a parameter or a member of one", token);
        string? format = tag.ReadFormat();
        if (!tag.IsAtEnd || format is { Length: 0 })
        {
            return Error(
                format is { Length: 0 }
                    ? "expected a .NET format string after ':'"
                    : $"'{token.Text.Trim()}': after '{value}' only ':format' may follow; known helpers are json, media, role, section, history, #each, #if, #unless, #ifEquals and #unlessEquals",
                token);
        }
        return new ValueNode(value, format, token.Position);
    }

    private TemplateNode? ParseMedia(TemplateToken token, TagReader tag)
    {
        TemplatePath? url = null;
        TemplateOperand? contentType = null;
        bool isUnderstood = true;
        while (isUnderstood && !tag.IsAtEnd)
        {
            if (contentType is null && tag.TryArgument("contentType"))
                isUnderstood = (contentType = tag.ReadOperand()) is { Kind: TemplateLiteralKind.None or TemplateLiteralKind.String };
            else if (url is null && (tag.TryArgument("url") || contentType is null))
                isUnderstood = (url = tag.ReadPath()) is not null;
            else
                isUnderstood = false;
        }
        return isUnderstood && url is not null
            ? new MediaNode(url, contentType, token.Position)
            : Error("expected {{media photo}}, where 'photo' is a DataContent or UriContent parameter, or {{media url=address contentType=\"image/png\"}}", token);
    }

    private TemplateNode? ParsePartial(TemplateToken token, TagReader tag)
    {
        tag.Skip('>');
        int position = tag.Position;
        string name = tag.ReadName();
        if (name.Length == 0)
            return Error("expected {{> name}}: a partial's name is fixed, not computed", token);
        TemplatePath? context = null;
        List<PartialArgument> arguments = [];
        while (!tag.IsAtEnd)
        {
            if (tag.ReadArgumentName() is { } argument)
            {
                if (tag.ReadOperand() is not { } value)
                    return Error($"expected a parameter, a member of one, or a literal after '{argument}='", token);
                arguments.Add(new PartialArgument(argument, value));
            }
            else if (context is not null || arguments.Count > 0 || (context = tag.ReadPath()) is null)
            {
                return Error("expected {{> name}}, {{> name context}} or {{> name argument=value}}", token);
            }
        }
        return new PartialCallNode(name, context, arguments, token.Indentation, position);
    }

    private TemplateNode? ParseBlock(TemplateToken open, TagReader tag)
    {
        _next++;
        tag.Skip('#');
        string name = tag.ReadWord();
        TemplateNode? node = null;
        if (_depth >= MaxDepth)
        {
            Error($"blocks nest deeper than {MaxDepth}", open);
            _next = _tokens.Count;
            return null;
        }
        _depth++;
        switch (name)
        {
            case "each":
                TemplatePath? items = tag.ReadPath();
                (string? itemName, string? indexName) = tag.ReadBlockParameters();
                if (items is null || !tag.IsAtEnd)
                    Error("expected {{#each items}} or {{#each items as |item index|}}", open);
                (List<TemplateNode> body, List<TemplateNode> orElse) = ParseBodies(open, "each", allowElseIf: false);
                if (items is not null)
                    node = new EachNode(items, itemName, indexName, body, orElse, open.Position);
                break;
            case "if" or "unless":
                TemplatePath? condition = tag.ReadPath();
                if (condition is null || !tag.IsAtEnd)
                    Error($"expected {{{{#{name} value}}}}", open);
                (List<TemplateNode> then, List<TemplateNode> otherwise) = ParseBodies(open, name, allowElseIf: true);
                if (condition is not null)
                    node = new IfNode(condition, name == "unless", then, otherwise, open.Position);
                break;
            case "ifEquals" or "unlessEquals":
                TemplateOperand? left = tag.ReadOperand();
                TemplateOperand? right = left is null ? null : tag.ReadOperand();
                if (right is null || !tag.IsAtEnd)
                    Error($"expected {{{{#{name} left right}}}}", open);
                (List<TemplateNode> equal, List<TemplateNode> unequal) = ParseBodies(open, name, allowElseIf: true);
                if (left is not null && right is not null)
                    node = new IfEqualsNode(left, right, name == "unlessEquals", equal, unequal, open.Position);
                break;
            default:
                Error($"unknown block '#{name}': known are #each, #if, #unless, #ifEquals and #unlessEquals", open);
                ParseBodies(open, name, allowElseIf: true);
                break;
        }
        _depth--;
        return node;
    }

    private (List<TemplateNode> Body, List<TemplateNode> Else) ParseBodies(TemplateToken open, string name, bool allowElseIf)
    {
        List<TemplateNode> body = [];
        List<TemplateNode> orElse = [];
        ParseUntilBlockEnd(body);
        if (_next < _tokens.Count && !new TagReader(_tokens[_next]).Is('/'))
        {
            TemplateToken elseToken = _tokens[_next];
            TagReader elseTag = new(elseToken);
            if (elseTag.Is('^'))
                elseTag.Skip('^');
            else
                elseTag.ReadWord();
            if (!elseTag.IsAtEnd)
            {
                // {{else if x}} is a block of its own inside the else, which shares the outer block's end.
                string chained = elseTag.ReadWord();
                if (!allowElseIf || chained is not ("if" or "unless" or "ifEquals" or "unlessEquals"))
                    Error("expected {{else}}, or {{else if value}} inside #if, #unless, #ifEquals and #unlessEquals", elseToken);
                bool isComparison = chained is "ifEquals" or "unlessEquals";
                TemplatePath? condition = isComparison ? null : elseTag.ReadPath();
                TemplateOperand? left = isComparison ? elseTag.ReadOperand() : null;
                TemplateOperand? right = left is null ? null : elseTag.ReadOperand();
                if ((isComparison ? right is null : condition is null) || !elseTag.IsAtEnd)
                    Error(isComparison ? $"expected {{{{else {chained} left right}}}}" : "expected {{else if value}}", elseToken);
                _next++;
                if (++_depth >= MaxDepth)
                {
                    Error($"blocks nest deeper than {MaxDepth}", elseToken);
                    _next = _tokens.Count;
                    return (body, orElse);
                }
                (List<TemplateNode> then, List<TemplateNode> otherwise) = ParseBodies(open, name, allowElseIf);
                _depth--;
                if (condition is not null)
                    orElse.Add(new IfNode(condition, chained == "unless", then, otherwise, elseToken.Position));
                if (left is not null && right is not null)
                    orElse.Add(new IfEqualsNode(left, right, chained == "unlessEquals", then, otherwise, elseToken.Position));
                return (body, orElse);
            }
            _next++;
            ParseUntilBlockEnd(orElse);
        }
        if (_next >= _tokens.Count)
        {
            Error($"'{{{{#{name}}}}}' is never closed: expected '{{{{/{name}}}}}'", open);
            return (body, orElse);
        }
        TemplateToken close = _tokens[_next++];
        TagReader end = new(close);
        if (!end.Is('/'))
        {
            Error($"a second '{{{{else}}}}' in '{{{{#{name}}}}}'", close);
            return (body, orElse);
        }
        end.Skip('/');
        string closed = end.ReadWord();
        if (closed != name)
            Error($"'{{{{/{closed}}}}}' where '{{{{/{name}}}}}' was expected", close);
        return (body, orElse);
    }

    private TemplateNode? Error(string message, TemplateToken token)
    {
        _errors.Add(new TemplateError(message, token.Position, token.End - token.Position));
        return null;
    }
}
