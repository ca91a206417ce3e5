/* A stand-in for cuBLAS on host memory, with the entry points and the calling convention of cublas_api.h: what it computes follows the
   documentation (column by column, host scalars, strides in elements), slowly. Compiled by the tests, which ask it what it was called with.
   VERSION, CREATE_STATUS and NO_BATCHES make others of it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef VERSION
#define VERSION 13
#endif
#ifndef CREATE_STATUS
#define CREATE_STATUS 0
#endif

typedef struct { int handle_is_ours, transa, transb, m, n, k, lda, ldb, ldc, batch, type, compute, algorithm, math_mode, kind; long long stride_a, stride_b, stride_c; void* stream; } Call;

static Call last;
static int calls, created, destroyed, math_mode, fail_after = -1, fail_status;
static void* stream_of_handle;
static int the_handle;

int standin_calls(void) { return calls; }
int standin_open(void) { return created - destroyed; }
void standin_last(Call* into) { *into = last; }
/* The call after `after` more of them, and all behind it, answer `status`; a negative number ends that. */
void standin_fail(int after, int status) { fail_after = after; fail_status = status; }

static float bf16(uint16_t half) { uint32_t bits = (uint32_t)half << 16; float x; memcpy(&x, &bits, 4); return x; }
/* Tensor cores take 10 bits behind the point. */
static float tf32(float x) { uint32_t bits; memcpy(&bits, &x, 4); bits = (bits + 0x1000u) & ~0x1FFFu; memcpy(&x, &bits, 4); return x; }

static float at(const void* data, int type, long long i) { return type == 14 ? bf16(((const uint16_t*)data)[i]) : ((const float*)data)[i]; }

static void product(int transa, int transb, int m, int n, int k, float alpha, const void* a, int type, int lda, const void* b, int ldb, float beta, float* c, int ldc, int compute)
{
    for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++)
        {
            double sum = 0;
            for (int p = 0; p < k; p++)
            {
                float x = at(a, type, transa ? p + (long long)i * lda : i + (long long)p * lda), y = at(b, type, transb ? j + (long long)p * ldb : p + (long long)j * ldb);
                if (compute == 77) { x = tf32(x); y = tf32(y); }
                sum += (double)x * y;
            }
            float* to = &c[i + (long long)j * ldc];
            *to = (float)(alpha * sum + (beta == 0 ? 0.0 : (double)beta * *to));
        }
}

static int begin(void* handle, int transa, int transb, int m, int n, int k, int lda, int ldb, int ldc, int batch, int type, int compute, int algorithm, int kind)
{
    if (fail_after == 0) return fail_status;
    if (fail_after > 0) fail_after--;
    calls++;
    last = (Call){ handle == &the_handle, transa, transb, m, n, k, lda, ldb, ldc, batch, type, compute, algorithm, math_mode, kind, 0, 0, 0, stream_of_handle };
    if (handle != &the_handle) return 1;
    if ((transa | transb) & ~1 || m < 0 || n < 0 || k < 0 || lda < (transa ? k : m) || ldb < (transb ? n : k) || ldc < m) return 7;
    if (type != 0 && type != 14) return 15;
    if (compute != 68 && !(compute == 77 && type == 0)) return 15;
    return algorithm == -1 ? 0 : 7;
}

int cublasGetProperty(int type, int* value) { *value = type == 0 ? VERSION : type == 1 ? 1 : 2; return 0; }
int cublasCreate_v2(void** handle) { if (CREATE_STATUS) return CREATE_STATUS; *handle = &the_handle; created++; math_mode = 0; stream_of_handle = 0; return 0; }
int cublasDestroy_v2(void* handle) { if (handle != &the_handle) return 1; destroyed++; return 0; }
int cublasSetStream_v2(void* handle, void* stream) { if (handle != &the_handle) return 1; stream_of_handle = stream; return 0; }
int cublasSetMathMode(void* handle, int mode) { if (handle != &the_handle || (mode != 0 && mode != 3)) return 7; math_mode = mode; return 0; }

int cublasSgemm_v2(void* handle, int transa, int transb, int m, int n, int k, const float* alpha, const float* a, int lda, const float* b, int ldb, const float* beta, float* c, int ldc)
{
    int compute = math_mode == 3 ? 77 : 68, status = begin(handle, transa, transb, m, n, k, lda, ldb, ldc, 1, 0, compute, -1, 1);
    if (status == 0) product(transa, transb, m, n, k, *alpha, a, 0, lda, b, ldb, *beta, c, ldc, compute);
    return status;
}

int cublasGemmEx(void* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* a, int atype, int lda, const void* b, int btype, int ldb,
                 const void* beta, void* c, int ctype, int ldc, int compute, int algorithm)
{
    int status = begin(handle, transa, transb, m, n, k, lda, ldb, ldc, 1, atype, compute, algorithm, 2);
    if (status == 0 && (atype != btype || ctype != 0)) status = 15;
    if (status == 0) product(transa, transb, m, n, k, *(const float*)alpha, a, atype, lda, b, ldb, *(const float*)beta, c, ldc, compute);
    return status;
}

#ifndef NO_BATCHES
int cublasGemmStridedBatchedEx(void* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* a, int atype, int lda, long long stride_a,
                               const void* b, int btype, int ldb, long long stride_b, const void* beta, void* c, int ctype, int ldc, long long stride_c,
                               int batch, int compute, int algorithm)
{
    int status = begin(handle, transa, transb, m, n, k, lda, ldb, ldc, batch, atype, compute, algorithm, 3);
    if (status == 0 && (atype != btype || ctype != 0)) status = 15;
    last.stride_a = stride_a;
    last.stride_b = stride_b;
    last.stride_c = stride_c;
    int size = atype == 14 ? 2 : 4;
    for (int i = 0; status == 0 && i < batch; i++)
        product(transa, transb, m, n, k, *(const float*)alpha, (const char*)a + i * stride_a * size, atype, lda, (const char*)b + i * stride_b * size, ldb,
                *(const float*)beta, (float*)c + i * stride_c, ldc, compute);
    return status;
}

int cublasGemmBatchedEx(void* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* const a[], int atype, int lda,
                        const void* const b[], int btype, int ldb, const void* beta, void* const c[], int ctype, int ldc, int batch, int compute, int algorithm)
{
    int status = begin(handle, transa, transb, m, n, k, lda, ldb, ldc, batch, atype, compute, algorithm, 4);
    if (status == 0 && (atype != btype || ctype != 0)) status = 15;
    for (int i = 0; status == 0 && i < batch; i++)
        product(transa, transb, m, n, k, *(const float*)alpha, a[i], atype, lda, b[i], ldb, *(const float*)beta, c[i], ldc, compute);
    return status;
}
#endif
