// The compression function of SHA-256 (FIPS 180-4, section 6.2.2), one round a cycle: 64 cycles a block, then the sums.
module sha256_core (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         first_i,   // one cycle: the hash begins anew
  input  logic         start_i,   // one cycle, only while ready_o: takes block_i
  input  logic [511:0] block_i,   // byte k of the block in bits 8k+7..8k
  output logic         ready_o,
  output logic [255:0] digest_o   // h0 in the upper bits; valid while ready_o
);
  // Section 4.2.2: of the cube roots of the first 64 primes.
  function automatic logic [31:0] constant(input logic [5:0] round);
    unique case (round)
      6'd0: return 32'h428a2f98;
      6'd1: return 32'h71374491;
      6'd2: return 32'hb5c0fbcf;
      6'd3: return 32'he9b5dba5;
      6'd4: return 32'h3956c25b;
      6'd5: return 32'h59f111f1;
      6'd6: return 32'h923f82a4;
      6'd7: return 32'hab1c5ed5;
      6'd8: return 32'hd807aa98;
      6'd9: return 32'h12835b01;
      6'd10: return 32'h243185be;
      6'd11: return 32'h550c7dc3;
      6'd12: return 32'h72be5d74;
      6'd13: return 32'h80deb1fe;
      6'd14: return 32'h9bdc06a7;
      6'd15: return 32'hc19bf174;
      6'd16: return 32'he49b69c1;
      6'd17: return 32'hefbe4786;
      6'd18: return 32'h0fc19dc6;
      6'd19: return 32'h240ca1cc;
      6'd20: return 32'h2de92c6f;
      6'd21: return 32'h4a7484aa;
      6'd22: return 32'h5cb0a9dc;
      6'd23: return 32'h76f988da;
      6'd24: return 32'h983e5152;
      6'd25: return 32'ha831c66d;
      6'd26: return 32'hb00327c8;
      6'd27: return 32'hbf597fc7;
      6'd28: return 32'hc6e00bf3;
      6'd29: return 32'hd5a79147;
      6'd30: return 32'h06ca6351;
      6'd31: return 32'h14292967;
      6'd32: return 32'h27b70a85;
      6'd33: return 32'h2e1b2138;
      6'd34: return 32'h4d2c6dfc;
      6'd35: return 32'h53380d13;
      6'd36: return 32'h650a7354;
      6'd37: return 32'h766a0abb;
      6'd38: return 32'h81c2c92e;
      6'd39: return 32'h92722c85;
      6'd40: return 32'ha2bfe8a1;
      6'd41: return 32'ha81a664b;
      6'd42: return 32'hc24b8b70;
      6'd43: return 32'hc76c51a3;
      6'd44: return 32'hd192e819;
      6'd45: return 32'hd6990624;
      6'd46: return 32'hf40e3585;
      6'd47: return 32'h106aa070;
      6'd48: return 32'h19a4c116;
      6'd49: return 32'h1e376c08;
      6'd50: return 32'h2748774c;
      6'd51: return 32'h34b0bcb5;
      6'd52: return 32'h391c0cb3;
      6'd53: return 32'h4ed8aa4a;
      6'd54: return 32'h5b9cca4f;
      6'd55: return 32'h682e6ff3;
      6'd56: return 32'h748f82ee;
      6'd57: return 32'h78a5636f;
      6'd58: return 32'h84c87814;
      6'd59: return 32'h8cc70208;
      6'd60: return 32'h90befffa;
      6'd61: return 32'ha4506ceb;
      6'd62: return 32'hbef9a3f7;
      default: return 32'hc67178f2;
    endcase
  endfunction

  // Section 5.3.3: of the square roots of the first eight primes.
  localparam logic [255:0] Initial = {32'h6a09e667, 32'hbb67ae85, 32'h3c6ef372, 32'ha54ff53a, 32'h510e527f, 32'h9b05688c, 32'h1f83d9ab, 32'h5be0cd19};

  function automatic logic [31:0] rotate(input logic [31:0] x, input int n);
    return (x >> n) | (x << (32 - n));
  endfunction

  // Words are big-endian in the message.
  function automatic logic [31:0] message_word(input logic [511:0] block, input int index);
    return {block[32*index+:8], block[32*index+8+:8], block[32*index+16+:8], block[32*index+24+:8]};
  endfunction

  // The next word of the message schedule, from those 16, 15, 7 and 2 before it.
  function automatic logic [31:0] scheduled(input logic [31:0] w16, input logic [31:0] w15, input logic [31:0] w7, input logic [31:0] w2);
    return w16 + (rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >> 3)) + w7 + (rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >> 10));
  endfunction

  // State a..h, a in the upper bits, after one round.
  function automatic logic [255:0] next_state(input logic [255:0] s, input logic [31:0] word, input logic [5:0] round);
    logic [31:0] a, b, c, e, f, g, t1, t2;
    {a, b, c} = s[255:160];
    {e, f, g} = s[127:32];
    t1 = s[31:0] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constant(round) + word;
    t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    return {t1 + t2, a, b, c, s[159:128] + t1, e, f, g};
  endfunction

  function automatic logic [255:0] sums(input logic [255:0] x, input logic [255:0] y);
    logic [255:0] sum;
    for (int i = 0; i < 8; i++) sum[32*i+:32] = x[32*i+:32] + y[32*i+:32];
    return sum;
  endfunction

  logic [511:0] w_q;      // the words of this round and the 15 after it, this round's in the lower bits
  logic [255:0] state_q;
  logic [5:0]   round_q;
  logic         busy_q;
  logic         sum_q;    // the rounds are over

  assign ready_o = !busy_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      sum_q <= 1'b0;
      digest_o <= '0;
    end else begin
      if (first_i) digest_o <= Initial;
      if (start_i) begin
        for (int i = 0; i < 16; i++) w_q[32*i+:32] <= message_word(block_i, i);
        state_q <= digest_o;
        round_q <= '0;
        busy_q <= 1'b1;
      end else if (sum_q) begin
        digest_o <= sums(digest_o, state_q);
        sum_q <= 1'b0;
        busy_q <= 1'b0;
      end else if (busy_q) begin
        state_q <= next_state(state_q, w_q[31:0], round_q);
        w_q <= {scheduled(w_q[31:0], w_q[63:32], w_q[319:288], w_q[479:448]), w_q[511:32]};
        round_q <= round_q + 6'd1;
        sum_q <= round_q == 6'd63;
      end
    end
  end

endmodule : sha256_core
