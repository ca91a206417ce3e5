using System.Reflection;
using System.Reflection.Emit;

namespace MiniGrad.Tests.Build;

/// <summary>Every type that a type uses: in its declaration, in its members' signatures, and in its code.</summary>
internal static class TypeUses
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly OpCode[] OpCodeTable =
        [.. typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (OpCode)f.GetValue(null)!)];

    private static readonly System.Collections.Frozen.FrozenDictionary<short, OpCode> OpCodeOf =
        System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(OpCodeTable, o => o.Value);

    /// <summary>The types that <paramref name="type"/> itself uses, with generic arguments and element types taken apart.</summary>
    public static HashSet<Type> Of(Type type)
    {
        HashSet<Type> uses = [];
        Add(uses, type.BaseType);
        foreach (Type contract in type.GetInterfaces()) Add(uses, contract);
        foreach (FieldInfo field in type.GetFields(Declared)) Add(uses, field.FieldType);
        foreach (PropertyInfo property in type.GetProperties(Declared)) Add(uses, property.PropertyType);
        foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared))) AddMethod(uses, method);
        return uses;
    }

    private static void AddMethod(HashSet<Type> uses, MethodBase method)
    {
        Add(uses, (method as MethodInfo)?.ReturnType);
        foreach (ParameterInfo parameter in method.GetParameters()) Add(uses, parameter.ParameterType);
        if (method.GetMethodBody() is not { } body) return;
        foreach (LocalVariableInfo local in body.LocalVariables) Add(uses, local.LocalType);
        foreach (ExceptionHandlingClause clause in body.ExceptionHandlingClauses)
        {
            if (clause.Flags == ExceptionHandlingClauseOptions.Clause) Add(uses, clause.CatchType);
        }

        AddCode(uses, method, body.GetILAsByteArray()!);
    }

    private static void AddCode(HashSet<Type> uses, MethodBase method, byte[] code)
    {
        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE) value = (short)(0xFE00 | code[at++]);
            OpCode op = OpCodeOf[value];
            if (op.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                AddMember(uses, method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments));
            }

            at += OperandSize(op, code, at);
        }
    }

    private static void AddMember(HashSet<Type> uses, MemberInfo? member)
    {
        Add(uses, member as Type ?? member?.DeclaringType);
        if (member is MethodInfo { IsGenericMethod: true } generic)
        {
            foreach (Type argument in generic.GetGenericArguments()) Add(uses, argument);
        }
    }

    private static int OperandSize(OpCode op, byte[] code, int at) => op.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
        _ => 4,
    };

    private static void Add(HashSet<Type> uses, Type? type)
    {
        if (type is null || type.IsGenericParameter || !uses.Add(type)) return;
        if (type.HasElementType) Add(uses, type.GetElementType());
        if (type.DeclaringType is not null) Add(uses, type.DeclaringType);
        foreach (Type argument in type.GetGenericArguments()) Add(uses, argument);
    }
}
