// The entry of MODEL in the table of models: its name and the text of its file, ended by a zero.
// Included once a file: no guard.
#define TEXT(text) #text
#define EXPANDED(text) TEXT(text)

// #embed is C23; the clang of Swift's toolchain has it in C11 too.
#pragma clang diagnostic ignored "-Wc23-extensions"

// clang-format off: a space in the name would be part of it.
{EXPANDED(MODEL), (const char[]){
#embed EXPANDED(MODEL.bn) suffix(, 0)
}},
// clang-format on

#undef EXPANDED
#undef TEXT
#undef MODEL
