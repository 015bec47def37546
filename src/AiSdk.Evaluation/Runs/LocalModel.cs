using System.Security.Cryptography;
using System.Text;

namespace AiSdk.Evaluation;

/// <summary>The identity of a local model.</summary>
public static class LocalModel
{
    /// <summary>The SHA-256, in hexadecimal digits, over the names and contents of a folder's files, in the order of their names.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="EvalRunException">There is no such folder.</exception>
    public static string Hash(string folder)
    {
        if (!Directory.Exists(folder))
            throw new EvalRunException($"There is no model folder '{folder}'.");
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)}\0"));
            using FileStream stream = File.OpenRead(file);
            for (int read; (read = stream.Read(buffer)) > 0;)
                hash.AppendData(buffer, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
