using System.Text;
using MiniGrad.IO;

namespace MiniGrad.Tests.IO;

/// <summary>The format to the letter: the cases that its own parser is tested with, by their names, and the rest of its rules.</summary>
public sealed class SafetensorsFormatTests
{
    private const string One = """{"t":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}""";

    /// <summary>Files that break one rule each, and a word of the message that says which.</summary>
    public static TheoryData<string, byte[], string> Bad => new()
    {
        { "header_too_small", [0, 1, 2], "at least 8" },
        { "header_too_large", RawSafetensors.File("{}", 0, ulong.MaxValue), "at most 100000000" },
        { "header_one_byte_too_large", RawSafetensors.File("{}", 0, 100_000_001), "at most 100000000" },
        { "invalid_header_length", RawSafetensors.File("{}", 0, 60), "cut short" },
        { "invalid_header_non_utf8", RawSafetensors.File([(byte)'{', 0xFF, (byte)'}'], 0), "UTF-8" },
        { "invalid_header_not_json", RawSafetensors.File("{", 0), "JSON" },
        { "invalid_header_empty", RawSafetensors.File("", 0), "begin" },
        { "whitespace_start_padded_header", RawSafetensors.File(" {}", 0), "begin" },
        { "json_attack", RawSafetensors.File(Attack(), 16), "overlaps" },
        { "metadata_incomplete_buffer_trailing", RawSafetensors.File(One, 17), "other bytes" },
        { "metadata_incomplete_buffer_short", RawSafetensors.File(One, 15), "cut short" },
        { "invalid_info", RawSafetensors.File("""{"t":{"dtype":"F32","shape":[2,2],"data_offsets":[0,4]}}""", 4), "16 bytes" },
        { "validation_overflow_shape", RawSafetensors.File("""{"t":{"dtype":"F32","shape":[2,9223372036854775807],"data_offsets":[0,16]}}""", 16), "counted" },
        { "validation_overflow_bytes", RawSafetensors.File("""{"t":{"dtype":"F32","shape":[2,2305843009213693952],"data_offsets":[0,16]}}""", 16), "counted" },
        { "hole", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2), "hole" },
        { "backwards", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[2,1]}}""", 2), "backwards" },
        { "duplicate_tensor", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2), "twice" },
        { "duplicate_escaped", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2), "twice" },
        { "duplicate_key", RawSafetensors.File("""{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1), "twice" },
        { "duplicate_metadata", RawSafetensors.File("""{"__metadata__":{},"__metadata__":{}}""", 0), "twice" },
        { "duplicate_metadata_key", RawSafetensors.File("""{"__metadata__":{"k":"1","k":"2"}}""", 0), "twice" },
        { "metadata_not_text", RawSafetensors.File("""{"__metadata__":{"k":1}}""", 0), "not a string" },
        { "metadata_not_object", RawSafetensors.File("""{"__metadata__":[]}""", 0), "not an object" },
        { "unknown_dtype", RawSafetensors.File("""{"a":{"dtype":"F128","shape":[1],"data_offsets":[0,1]}}""", 1), "F128" },
        { "unknown_key", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":0}}""", 1), "unknown key" },
        { "missing_key", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1]}}""", 0), "lacks" },
        { "negative_size", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}""", 0), "whole number" },
        { "fraction", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1), "whole number" },
        { "offset_beyond_long", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551616]}}""", 1), "whole number" },
        { "three_offsets", RawSafetensors.File("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}""", 1), "two numbers" },
        { "part_of_a_byte", RawSafetensors.File("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}""", 1), "whole bytes" },
        { "deep", RawSafetensors.File("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}", 0), "JSON" },
        { "second_document", RawSafetensors.File("{}{}", 0), "JSON" },
        { "lone_surrogate", RawSafetensors.File("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1), "JSON" },
        { "not_an_object", RawSafetensors.File("""{"a":5}""", 0), "not an object" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_file_that_breaks_a_rule_is_refused_by_that_rule(string name, byte[] file, string expected) =>
        Assert.True(RawSafetensors.Refusal(file) is { } message && message.Contains(expected, StringComparison.Ordinal), $"{name}: {RawSafetensors.Refusal(file)}");

    [Fact]
    public void Deserialization()
    {
        using SafetensorsFile file = RawSafetensors.Open(RawSafetensors.File(One, 16));
        SafetensorsTensor tensor = file.Get("t");
        Assert.Equal((SafetensorsType.F32, 4L, 16L), (tensor.Type, tensor.Count, tensor.ByteCount));
        Assert.Equal([2L, 2L], tensor.Shape);
        Assert.Equal(BitConverter.ToSingle([4, 5, 6, 7]), file.ReadFloats(tensor)[1]);
    }

    [Theory]
    [InlineData("{}  ", 0, 0)] // whitespace_padded_header
    [InlineData("""{"t":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}""", 4, 1)] // a scalar
    [InlineData("""{"t":{"dtype":"I32","shape":[2,0],"data_offsets":[0,0]}}""", 0, 1)] // zero_sized_tensor
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},"t":{"shape":[1],"data_offsets":[0,1],"dtype":"U8"}}""", 1, 2)]
    [InlineData("""{"t":{"dtype":"F4","shape":[4],"data_offsets":[0,2]},"f":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[2,3]}}""", 3, 2)]
    public void Empty_padded_and_scalar_cases_are_read(string header, int data, int tensors)
    {
        byte[] bytes = RawSafetensors.File(header, data);
        Assert.True(RawSafetensors.RefusedOrSound(bytes));
        using SafetensorsFile file = RawSafetensors.Open(bytes);
        Assert.Equal(tensors, file.Header.Count);
    }

    [Fact]
    public void Escapes_in_names_and_metadata_are_read()
    {
        using SafetensorsFile file = RawSafetensors.Open(RawSafetensors.File("""{"__metadata__" : {"a\n\u00e9" : "\ud83d\ude00\"", "z":"" },"\u0074\t/":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1));
        Assert.Equal("😀\"", file.Header.Metadata["a\né"]);
        Assert.Equal("", file.Header.Metadata["z"]);
        Assert.Equal(1, file.Get("t\t/").ByteCount);
    }

    [Fact]
    public void Halves_of_both_kinds_and_doubles_are_read_as_float32()
    {
        float[] values = [0, -0f, 1, -2.5f, 65504, 6.1e-5f, float.PositiveInfinity, float.NaN];
        byte[] half = [.. values.SelectMany(v => BitConverter.GetBytes((Half)v))];
        byte[] brain = [.. values.SelectMany(v => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))];
        byte[] wide = [.. values.SelectMany(v => BitConverter.GetBytes((double)v))];
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [SafetensorsSource.Of("h", SafetensorsType.F16, [8], () => half), SafetensorsSource.Of("b", SafetensorsType.BF16, [2, 4], () => brain), SafetensorsSource.Of("d", SafetensorsType.F64, [8], () => wide)]);
        using SafetensorsFile file = RawSafetensors.Open(stream.ToArray());
        Assert.Equal(values.Select(v => (float)(Half)v), file.ReadFloats(file.Get("h")));
        Assert.Equal(values.Select(v => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(v) & 0xFFFF0000)), file.ReadFloats(file.Get("b")));
        Assert.Equal(values, file.ReadFloats(file.Get("d")));
    }

    [Fact]
    public void What_is_asked_for_and_not_there_is_refused_with_the_nearest_name()
    {
        using SafetensorsFile file = RawSafetensors.Open(RawSafetensors.File("""{"weight":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4));
        Assert.Contains("did you mean 'weight'", Assert.Throws<SafetensorsException>(() => file.Get("weigth")).Message, StringComparison.Ordinal);
        Assert.Contains("not of floating-point", Assert.Throws<SafetensorsException>(() => file.ReadFloats(file.Get("weight"))).Message, StringComparison.Ordinal);
    }

    // Every tensor claims the same bytes.
    private static string Attack()
    {
        var header = new StringBuilder("{");
        for (int i = 0; i < 10; i++) header.Append(i == 0 ? "" : ",").Append($"\"t{i}\":").Append("""{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}""");
        return header.Append('}').ToString();
    }
}
