using Microsoft.ML.Tokenizers;

namespace AiSdk.Onnx;

/// <summary>Turns one piece of text into token ids.</summary>
internal abstract class SubwordModel
{
    /// <summary>Appends the piece's ids.</summary>
    public abstract void Encode(string piece, List<int> ids);
}

/// <summary>A model that sees the stand-ins of a piece's bytes.</summary>
internal sealed class StandInModel(SubwordModel model) : SubwordModel
{
    public override void Encode(string piece, List<int> ids) => model.Encode(ByteLevelAlphabet.Encode(piece), ids);
}

/// <summary>Byte-level byte-pair encoding (GPT-2, Qwen), by Microsoft.ML.Tokenizers, which is exact for it.</summary>
internal sealed class ByteLevelModel : SubwordModel
{
    // No word is that long. What is takes the library the square of its length.
    private const int LongPiece = 256;

    private readonly BpeTokenizer _tokenizer;
    private readonly BytePairModel _longPieces;

    public ByteLevelModel(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<(string Left, string Right)> merges, BytePairModel longPieces)
    {
        _longPieces = longPieces;
        _tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges.Select(static merge => $"{merge.Left} {merge.Right}"),
            ByteLevel = true,
        });
    }

    public override void Encode(string piece, List<int> ids)
    {
        if (piece.Length > LongPiece)
            _longPieces.Encode(piece, ids);
        else
            ids.AddRange(_tokenizer.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false));
    }
}
