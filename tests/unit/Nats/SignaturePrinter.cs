using System.Reflection;
using System.Runtime.CompilerServices;

namespace SignalStream.UnitTests.Nats;

/// <summary>Prints public types as <c>tests/data/nats-signatures.txt</c> has them: a head line, then a line a member.</summary>
internal sealed class SignaturePrinter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(string)] = "string",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(uint)] = "uint",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(object)] = "object",
        [typeof(void)] = "void",
        [typeof(double)] = "double",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
    };

    private readonly NullabilityInfoContext _nullability = new();

    public static string Head(Type type)
    {
        if (type.IsEnum)
        {
            var values = Enum.GetNames(type).Select(n => $"{n}={Convert.ToInt64(Enum.Parse(type, n), null)}");
            return $"enum {Name(type)} {{ {string.Join(", ", values)} }}";
        }

        return $"{Kind(type)} {Name(type)}";
    }

    /// <summary>Base class and interfaces that are not inherited from another of them.</summary>
    public static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum || IsDelegate(type))
            return [];
        var interfaces = type.GetInterfaces();
        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(interfaces.SelectMany(i => i.GetInterfaces())).ToHashSet();
        var own = interfaces.Where(i => !inherited.Contains(i) && !(IsRecord(type) && i.Name.StartsWith("IEquatable", StringComparison.Ordinal)));
        var hasBase = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType);
        return (hasBase ? [type.BaseType!] : Array.Empty<Type>()).Concat(own).Select(t => Name(t));
    }

    public IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum || IsDelegate(type))
            return [];
        return Constructors(type).Concat(Fields(type)).Concat(Properties(type)).Concat(Events(type)).Concat(Methods(type)).Concat(Operators(type));
    }

    public string DelegateLine(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        return $"delegate {Name(invoke.ReturnType)} {Name(type)}({Parameters(invoke)});";
    }

    public static bool IsDelegate(Type type) => typeof(Delegate).IsAssignableFrom(type);

    private static string Kind(Type type)
    {
        var record = IsRecord(type);
        if (type.IsInterface)
            return "interface";
        if (type.IsValueType)
            return (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (record ? "record struct" : "struct");
        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsSealed ? "sealed " : type.IsAbstract ? "abstract " : "";
        return modifier + (record ? "record" : "class");
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    private static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static string Modifiers(Type type, MethodBase method)
    {
        if (type.IsInterface)
            return "";
        var access = method.IsPublic ? "" : "protected ";
        if (method.IsStatic)
            return access + "static ";
        if (method.IsAbstract)
            return access + "abstract ";
        if (!method.IsVirtual || method.IsFinal)
            return access;
        var overrides = method is MethodInfo m && m.GetBaseDefinition() != m;
        return access + (overrides ? "override " : type.IsSealed ? "" : "virtual ");
    }

    private static string Obsolete(MemberInfo member) => member.IsDefined(typeof(ObsoleteAttribute)) ? "[Obsolete] " : "";

    private IEnumerable<string> Constructors(Type type) =>
        from c in type.GetConstructors(Declared)
        where IsVisible(c) && !c.IsStatic
        where !(IsRecord(type) && c.GetParameters() is [var only] && only.ParameterType == type)
        select $"{Obsolete(c)}{Modifiers(type, c)}{type.Name.Split('`')[0]}({Parameters(c)});";

    private static IEnumerable<string> Fields(Type type) =>
        from f in type.GetFields(Declared)
        where (f.IsPublic || f.IsFamily) && !f.Name.Contains('<', StringComparison.Ordinal)
        let prefix = f.IsLiteral ? "const " : f.IsStatic ? "static readonly " : ""
        select $"{prefix}{Name(f.FieldType)} {f.Name}{(f.IsLiteral ? $" = {f.GetRawConstantValue()}" : "")};";

    private IEnumerable<string> Properties(Type type)
    {
        foreach (var p in type.GetProperties(Declared))
        {
            if ((!IsVisible(p.GetMethod) && !IsVisible(p.SetMethod)) || p.Name == "EqualityContract" || p.Name.Contains('.', StringComparison.Ordinal))
                continue;
            var get = IsVisible(p.GetMethod) ? "get;" : "";
            var set = !IsVisible(p.SetMethod) ? "" : IsInit(p.SetMethod!) ? " init;" : " set;";
            var index = p.GetIndexParameters();
            var name = index.Length > 0 ? $"this[{string.Join(", ", index.Select(Parameter))}]" : p.Name;
            var required = p.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
            yield return $"{Obsolete(p)}{Modifiers(type, (p.GetMethod ?? p.SetMethod)!)}{required}{Name(p.PropertyType, _nullability.Create(p))} {name} {{ {get}{set} }}";
        }
    }

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit");

    private static IEnumerable<string> Events(Type type) =>
        from e in type.GetEvents(Declared)
        where IsVisible(e.AddMethod) && !e.Name.Contains('.', StringComparison.Ordinal)
        select $"event {Name(e.EventHandlerType!)} {e.Name};";

    private IEnumerable<string> Methods(Type type) =>
        from m in type.GetMethods(Declared)
        where IsVisible(m) && !m.IsSpecialName && !IsGenerated(m) && !m.Name.Contains('.', StringComparison.Ordinal)
        where !(IsRecord(type) && m.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct")
        let arguments = m.IsGenericMethodDefinition ? $"<{string.Join(", ", m.GetGenericArguments().Select(a => a.Name))}>" : ""
        let extends = m.IsDefined(typeof(ExtensionAttribute)) ? "this " : ""
        select $"{Obsolete(m)}{Modifiers(type, m)}{Name(m.ReturnType, _nullability.Create(m.ReturnParameter))} {m.Name}{arguments}({extends}{Parameters(m)}){Constraints(m)};";

    private IEnumerable<string> Operators(Type type) =>
        from m in type.GetMethods(Declared)
        where m.Name is "op_Implicit" or "op_Explicit"
        select $"static {(m.Name == "op_Implicit" ? "implicit" : "explicit")} operator {Name(m.ReturnType)}({Parameters(m)});";

    private static bool IsGenerated(MethodInfo method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name.Contains('<', StringComparison.Ordinal) || method.Name == "PrintMembers";

    private static string Constraints(MethodInfo method) => !method.IsGenericMethodDefinition ? "" : string.Concat(
        from a in method.GetGenericArguments()
        let reference = (a.GenericParameterAttributes & GenericParameterAttributes.ReferenceTypeConstraint) != 0
        let all = (reference ? ["class"] : Array.Empty<string>()).Concat(a.GetGenericParameterConstraints().Select(t => Name(t))).ToArray()
        where all.Length > 0
        select $" where {a.Name} : {string.Join(", ", all)}");

    private string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var passing = parameter.IsOut ? "out " : !type.IsByRef ? "" : parameter.IsIn ? "in " : "ref ";
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        return $"{many}{passing}{Name(type, _nullability.Create(parameter))} {parameter.Name}{Default(parameter)}";
    }

    private static string Default(ParameterInfo parameter)
    {
        if (!parameter.HasDefaultValue)
            return "";
        var type = parameter.ParameterType;
        return " = " + parameter.DefaultValue switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            var value when type.IsEnum => $"{Name(type)}.{Enum.GetName(type, value)}",
            var value => FormattableString.Invariant($"{value}"),
        };
    }

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!, nullability);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        var canBeNull = nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable };
        var mark = canBeNull && (!type.IsValueType || type.IsGenericParameter) ? "?" : "";
        if (type.IsArray)
            return Name(type.GetElementType()!, nullability?.ElementType) + "[]" + mark;
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword + mark;

        var name = type.Name.Split('`')[0];
        if (type is { IsNested: true, IsGenericParameter: false })
            name = $"{Name(type.DeclaringType!)}.{name}";
        if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments().Select((a, i) => Name(a, Argument(nullability, a, i)));
            name += $"<{string.Join(", ", arguments)}>";
        }

        return name + mark;
    }

    private static NullabilityInfo? Argument(NullabilityInfo? of, Type argument, int index) =>
        !argument.IsGenericParameter && of is not null && of.GenericTypeArguments.Length > index ? of.GenericTypeArguments[index] : null;
}
