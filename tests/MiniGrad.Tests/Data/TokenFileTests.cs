using MiniGrad.Data;

namespace MiniGrad.Tests.Data;

/// <summary>Token files: ours, nanoGPT's and llm.c's; changed, cut and foreign ones are refused in one line.</summary>
public sealed class TokenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(300, false, 2)]
    [InlineData(300, true, 2)]
    [InlineData(70_000, false, 4)]
    public void What_is_written_is_read(int vocabulary, bool plain, int width)
    {
        int[] tokens = [.. Enumerable.Range(0, 1500).Select(i => i * 7919 % vocabulary)];
        TokenFile.Write(_folder.In("t.bin"), tokens, vocabulary, plain);
        using TokenFile file = TokenFile.Open(_folder.In("t.bin"));
        Assert.Equal((1500L, width, plain ? null : (int?)vocabulary), (file.Length, file.Width, file.VocabularySize));
        Assert.Equal((plain ? 0 : 64) + 1500 * width, new FileInfo(_folder.In("t.bin")).Length);
        var read = new int[1500];
        file.Read(0, read);
        Assert.Equal(tokens, read);
        file.Read(1493, read.AsSpan(0, 7));
        Assert.Equal(tokens[1493..], read[..7]);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(1494, new int[7]));
        var stream = new TokenStream("training", file, 10, 20, vocabulary);
        stream.Read(19, read.AsSpan(0, 1));
        Assert.Equal(tokens[29], read[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Read(20, new int[1]));
    }

    [Theory]
    [InlineData(20240520, 1, 2)]
    [InlineData(20240801, 7, 4)]
    public void Files_of_llm_c_are_read(int magic, int version, int width)
    {
        int[] tokens = [.. Enumerable.Range(0, 3000).Select(i => i * 37 % 200)];
        using TokenFile file = TokenFile.Open(_folder.File("llm.bin", LlmC(magic, version, tokens, width)));
        Assert.Equal((3000L, width), (file.Length, file.Width));
        var read = new int[3000];
        file.Read(0, read);
        Assert.Equal(tokens, read);
    }

    [Theory]
    [InlineData(20240520, 9, "is a file of llm.c with magic 20240520 and version 9; read are magic 20240520 with version 1 and magic 20240801 with version 7")]
    [InlineData(20240520, 7, "with magic 20240520 and version 7")]
    [InlineData(20240801, 1, "with magic 20240801 and version 1")]
    [InlineData(20240801, 0, "with magic 20240801 and version 0")]
    public void Versions_of_llm_c_that_are_not_known_are_never_read_as_something_else(int magic, int version, string expected) =>
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("llm.bin", LlmC(magic, version, new int[3000], 2))), expected);

    [Fact]
    public void A_file_of_llm_c_that_is_cut_off_is_refused()
    {
        byte[] whole = LlmC(20240520, 1, new int[3000], 2);
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("llm.bin", whole[..1000])), "is a file of llm.c with a damaged header: 1000 bytes, 3000 tokens");
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("llm.bin", whole[..4])), "with magic 20240520 and version 0");
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("llm.bin", whole[..2000])), "its header says 1024 + 3000·2");
    }

    private static byte[] LlmC(int magic, int version, int[] tokens, int width)
    {
        var bytes = new byte[1024 + (width * tokens.Length)];
        BitConverter.TryWriteBytes(bytes.AsSpan(0), magic);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), version);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            if (width == 4) BitConverter.TryWriteBytes(bytes.AsSpan(1024 + (4 * i)), tokens[i]);
            else BitConverter.TryWriteBytes(bytes.AsSpan(1024 + (2 * i)), (ushort)tokens[i]);
        }
        return bytes;
    }

    [Fact]
    public void Bad_files_are_refused_in_one_line()
    {
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("empty.bin", [])), "is empty");
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.In("nowhere.bin")), "cannot be read");
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("odd.bin", 1, 2, 3)), "holds 3 bytes; without a header each token takes two");
        TokenFile.Write(_folder.In("t.bin"), new int[100], 300);
        byte[] good = File.ReadAllBytes(_folder.In("t.bin"));
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("cut.bin", good[..200])), "its header says 64 + 100·2");
        byte[] changed = [.. good];
        changed[100] ^= 1;
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("changed.bin", changed)), "does not have the SHA-256 that its header records");
        byte[] header = [.. good];
        header[12] = 3;
        BadInput.Throws("tokens: '", () => TokenFile.Open(_folder.File("header.bin", header)), "has a damaged header");
        Assert.Contains("two; leave --plain out", Assert.Throws<ArgumentException>(() => TokenFile.Write(_folder.In("w.bin"), new int[3], 70_000, plain: true)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenFile.Write(_folder.In("v.bin"), (int[])[300], 300));
        Assert.False(File.Exists(_folder.In("v.bin")));
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_named_with_its_position()
    {
        TokenFile.Write(_folder.In("t.bin"), (int[])[1, 2, 299], 300, plain: true);
        using TokenFile file = TokenFile.Open(_folder.In("t.bin"));
        BadInput.Throws("training tokens: 299 at position 2 lies outside the vocabulary of 256", () => _ = new TokenStream("training", file, 0, 3, 256));
    }

    [Fact]
    public void A_corpus_of_token_files_has_the_numbers_of_its_text()
    {
        byte[] text = [.. Enumerable.Range(0, 400).Select(i => (byte)('a' + i % 23))];
        var tokenizer = new ByteTokenizer();
        TokenFile.Write(_folder.In("train.bin"), tokenizer.Encode(text), 256);
        TokenFile.Write(_folder.In("val.bin"), tokenizer.Encode(text.AsSpan(0, 50)), 256);
        TokenData data = TokenFileCorpus.Load(_folder.In("train.bin"), tokenizer, blockSize: 8);
        Assert.Equal((400L, 50L, 400L, 50L), (data.Train.Length, data.Validation.Length, data.Corpus.TrainBytes, data.Corpus.ValidationBytes));
        Assert.Equal(text[..50], data.Corpus.Validation.ToArray());
        string digest = data.Corpus.Sha256;

        File.Move(_folder.In("train.bin"), _folder.In("other.bin"));
        TokenData tail = TokenFileCorpus.Load(_folder.In("other.bin"), tokenizer, blockSize: 8);
        Assert.Equal((360L, 40L), (tail.Train.Length, tail.Validation.Length));
        Assert.NotEqual(digest, tail.Corpus.Sha256);
        BadInput.Throws("corpus: the validation split has 40 tokens, a context of 40 needs at least 41", () => TokenFileCorpus.Load(_folder.In("other.bin"), tokenizer, blockSize: 40));
        BadInput.Throws("tokens: '", () => TokenFileCorpus.Load(_folder.In("other.bin"), new CharTokenizer("abc"u8), blockSize: 8), "was made with a vocabulary of 256 tokens, the tokenizer char has 3");
    }
}
