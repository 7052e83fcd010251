// How the C++ compiler sees the headers, one line per fact: kind TAB name TAB value. The Java half is Signature.java.
#include <cstddef>
#include <cstdio>
#include <string>
#include <type_traits>

#include "llama.h"
#include "ggml-alloc.h"
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "ggml-opt.h"
#include "gguf.h"
#include "mtmd.h"

template <class T> std::string type() {
    if constexpr (std::is_void_v<T>) {
        return "V";
    } else if constexpr (std::is_pointer_v<T>) {
        return "P";
    } else if constexpr (std::is_same_v<T, bool>) {
        return "B";
    } else if constexpr (std::is_floating_point_v<T>) {
        return "F" + std::to_string(sizeof(T));
    } else if constexpr (std::is_class_v<T> || std::is_union_v<T>) {
        return "S" + std::to_string(sizeof(T));
    } else {
        return "I" + std::to_string(sizeof(T));
    }
}

template <class F> struct signature;
template <class R, class... A> struct signature<R(A...)> {
    static std::string text() {
        std::string args;
        ((args += (args.empty() ? "" : ",") + type<A>()), ...);
        return type<R>() + "(" + args + ")";
    }
};
template <class R, class... A> struct signature<R(A...) noexcept> : signature<R(A...)> {};

static void line(const char * kind, const char * name, const std::string & value) {
    std::printf("%s\t%s\t%s\n", kind, name, value.c_str());
}

static void constant(const char * name, const char * value) { line("constant", name, value); }
static void constant(const char * name, double value) {
    char text[64];
    std::snprintf(text, sizeof(text), "%a", value);
    line("constant", name, text);
}
template <class T> std::enable_if_t<std::is_integral_v<T> || std::is_enum_v<T>> constant(const char * name, T value) {
    line("constant", name, std::to_string((long long) value));
}

#define FUNCTION(name) line("function", #name, signature<std::remove_pointer_t<decltype(&name)>>::text())
#define CALLBACK(name) line("callback", #name, signature<std::remove_pointer_t<name>>::text())
#define CONSTANT(name) constant(#name, name)
#define STRUCT(name) line("struct", #name, std::to_string(sizeof(name)))
#define FIELD(name, field)                                                            \
    line("field", #name "." #field, std::to_string(offsetof(name, field)) + "+" \
             + std::to_string(sizeof(((name *) nullptr)->field)))
