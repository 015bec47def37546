using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace AiSdk.Retrieval;

/// <summary>Takes the text, blocks and headings from HTML; scripts, styles and what is hidden are left out. Offsets are those of the HTML: from where a block's element begins to where the next begins.</summary>
internal static class HtmlReader
{
    private static readonly HashSet<string> _skipped = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "noscript", "template", "head", "svg", "iframe", "object", "nav", "select", "button" };

    private static readonly HashSet<string> _blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
        "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    };

    /// <summary>The document's text and blocks.</summary>
    public static StructuredText Read(string html)
    {
        using AngleSharp.Html.Dom.IHtmlDocument document = new HtmlParser(new HtmlParserOptions { IsKeepingSourceReferences = true }).ParseDocument(html);
        Walk walk = new(html.Length);
        // Not by recursion: elements may be nested deeper than the stack is.
        INode? node = document.DocumentElement;
        while (node is not null)
        {
            if (walk.Enter(node) && node.FirstChild is { } child)
            {
                node = child;
                continue;
            }
            walk.Leave(node);
            while (node is not null && node.NextSibling is null)
            {
                node = node.Parent;
                if (node is not null)
                    walk.Leave(node);
            }
            node = node?.NextSibling;
        }
        string? title = document.Title is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        return walk.Finish(title);
    }

    private sealed class Walk(int sourceLength)
    {
        private readonly StringBuilder _text = new();
        private readonly List<(int Start, int End, string[] Headings, int Source, bool IsHeading)> _blocksFound = [];
        private readonly List<(int Level, string Text)> _path = [];
        private string[] _headings = [];
        private int _start;
        private int _source;
        private bool _needsBlank;
        private int _pre;

        public bool Enter(INode node)
        {
            switch (node)
            {
                case IText text:
                    Add(text.Data);
                    return false;
                case IElement element:
                    if (_skipped.Contains(element.LocalName) || element.HasAttribute("hidden"))
                        return false;
                    if (_blocks.Contains(element.LocalName))
                    {
                        End();
                        _source = Math.Max(_source, element.SourceReference?.Position.Index ?? _source);
                    }
                    else if (element.LocalName is "br" or "td" or "th")
                    {
                        Separate(element.LocalName == "br" ? "\n" : " | ");
                    }
                    if (element.LocalName == "pre")
                        _pre++;
                    return true;
                default:
                    return node.HasChildNodes;
            }
        }

        public void Leave(INode node)
        {
            if (node is not IElement element || _skipped.Contains(element.LocalName) || !_blocks.Contains(element.LocalName) || element.HasAttribute("hidden"))
                return;
            if (element.LocalName == "pre")
                _pre--;
            bool isHeading = element.LocalName is ['h', >= '1' and <= '6'];
            if (isHeading)
            {
                string name = StructuredText.Heading(_text.ToString(_start, _text.Length - _start).Trim());
                int level = element.LocalName[1] - '0';
                _path.RemoveAll(above => above.Level >= level);
                if (name.Length > 0)
                    _path.Add((level, name));
                _headings = [.. _path.Select(static above => above.Text)];
            }
            End(isHeading);
        }

        public StructuredText Finish(string? title)
        {
            End();
            List<TextBlock> blocks = new(_blocksFound.Count);
            for (int i = 0; i < _blocksFound.Count; i++)
            {
                (int start, int end, string[] headings, int source, bool isHeading) = _blocksFound[i];
                int next = i + 1 < _blocksFound.Count ? Math.Max(_blocksFound[i + 1].Source, source) : sourceLength;
                blocks.Add(new TextBlock(start, end, headings, source, next, isHeading));
            }
            return new StructuredText(_text.ToString(), blocks, title, IsVerbatim: false);
        }

        private void Add(string data)
        {
            if (_pre > 0)
            {
                _text.Append(data);
                return;
            }
            foreach (char c in data)
            {
                if (char.IsWhiteSpace(c))
                {
                    _needsBlank = true;
                    continue;
                }
                if (_needsBlank && _text.Length > _start && !char.IsWhiteSpace(_text[^1]))
                    _text.Append(' ');
                _needsBlank = false;
                _text.Append(c);
            }
        }

        private void Separate(string separator)
        {
            if (_text.Length > _start)
                _text.Append(separator);
            _needsBlank = false;
        }

        private void End(bool isHeading = false)
        {
            _needsBlank = false;
            int end = _text.Length;
            while (end > _start && char.IsWhiteSpace(_text[end - 1]))
                end--;
            if (end > _start)
            {
                _blocksFound.Add((_start, end, _headings, _source, isHeading));
                _text.Length = end;
                _text.Append("\n\n");
            }
            _start = _text.Length;
        }
    }
}
