using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>What tokenizers do with sets of code points.</summary>
internal static class CodePointSetExtensions
{
    extension(CodePointSet set)
    {
        /// <summary>The set without members.</summary>
        public static CodePointSet Empty => CodePointSet.Of();

        /// <summary>The code points that satisfy a condition, which is asked for each.</summary>
        public static CodePointSet Where(Func<int, bool> condition)
        {
            List<(int, int)> ranges = [];
            int first = -1;
            for (int point = 0; point <= 0x110000; point++)
            {
                bool isMember = point < 0x110000 && condition(point);
                if (isMember && first < 0)
                    first = point;
                if (isMember || first < 0)
                    continue;
                ranges.Add((first, point - 1));
                first = -1;
            }
            return CodePointSet.Of(ranges);
        }

        /// <summary>Reads ranges such as 41-5A, parted by spaces.</summary>
        public static CodePointSet Parse(ReadOnlySpan<char> ranges)
        {
            List<(int, int)> read = [];
            foreach (Range part in ranges.Split(' '))
            {
                ReadOnlySpan<char> range = ranges[part];
                int dash = range.IndexOf('-');
                int first = int.Parse(dash < 0 ? range : range[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                read.Add((first, dash < 0 ? first : int.Parse(range[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
            }
            return CodePointSet.Of(read);
        }

        /// <summary>Whether a code point is a member.</summary>
        public bool Contains(int point)
        {
            int low = 0, high = set.Ranges.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (set.Ranges[middle].Last < point)
                    low = middle + 1;
                else
                    high = middle;
            }
            return low < set.Ranges.Count && set.Ranges[low].First <= point;
        }

        /// <summary>The members of either set.</summary>
        public CodePointSet Union(CodePointSet other) => CodePointSet.Of(set.Ranges.Concat(other.Ranges));

        /// <summary>The members of both sets.</summary>
        public CodePointSet Intersect(CodePointSet other) => set.Complement().Union(other.Complement()).Complement();

        /// <summary>Writes the members of the basic plane as a part of a regular expression's class.</summary>
        public void AppendBasicPlane(StringBuilder text)
        {
            foreach ((int first, int last) in set.Ranges.TakeWhile(static range => range.First <= char.MaxValue))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{first:X4}");
                if (last > first)
                    text.Append(CultureInfo.InvariantCulture, $"-\\u{Math.Min(last, char.MaxValue):X4}");
            }
        }
    }
}
